/**
 * The worker's figures as Micrometer meters: {@link dev.webhookworker.metrics.MetricsModule} plugs
 * them in and serves them for Prometheus.
 */
@NullMarked
package dev.webhookworker.metrics;

import org.jspecify.annotations.NullMarked;
