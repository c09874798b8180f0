/**
 * The worker as a process of its own: settings from the environment, processors from the class
 * path, logs to the standard output, an orderly end on SIGTERM. Uses only the public API.
 */
@NullMarked
package dev.webhookworker.standalone;

import org.jspecify.annotations.NullMarked;
