/**
 * Limits of single tools in this process: how many of a tool's events run at once, how many a
 * second, and whether they run at all while everything fails. The pipeline asks before each run;
 * nobody ever waits here. {@link dev.webhookworker.limit.ToolGates} is the way in.
 */
@NullMarked
package dev.webhookworker.limit;

import org.jspecify.annotations.NullMarked;
