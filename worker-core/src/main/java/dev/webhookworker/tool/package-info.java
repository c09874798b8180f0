/** Where an event's tool configuration comes from; called by the pipeline. */
@NullMarked
package dev.webhookworker.tool;

import org.jspecify.annotations.NullMarked;
