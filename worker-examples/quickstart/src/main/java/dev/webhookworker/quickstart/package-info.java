/**
 * The quick start: {@link dev.webhookworker.quickstart.Quickstart} starts servers and a worker,
 * publishes a {@link dev.webhookworker.quickstart.Scenario}, and shows what {@link
 * dev.webhookworker.quickstart.Findings} reads back from PostgreSQL and the DLQ stream. {@link
 * dev.webhookworker.quickstart.ActivityFeed} and {@link dev.webhookworker.quickstart.Deployments}
 * are what a user of the library would write.
 */
@NullMarked
package dev.webhookworker.quickstart;

import org.jspecify.annotations.NullMarked;
