/**
 * The one loop under every periodic task: housekeeping of the core, of the stores and of the pages.
 * Uses nothing of the other packages but {@code foreign}.
 */
@NullMarked
package dev.webhookworker.periodic;

import org.jspecify.annotations.NullMarked;
