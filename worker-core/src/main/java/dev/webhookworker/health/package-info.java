/** Health of the worker and the HTTP endpoints that show it. */
@NullMarked
package dev.webhookworker.health;

import org.jspecify.annotations.NullMarked;
