/** The ports in memory, for unit tests of processors: no server, and time moves when told to. */
@NullMarked
package dev.webhookworker.memory;

import org.jspecify.annotations.NullMarked;
