/** Every feature that changes the way of an event, met by every fault once, on real servers. */
@NullMarked
package dev.webhookworker.pairs;

import org.jspecify.annotations.NullMarked;
