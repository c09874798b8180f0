/**
 * Events, audit log, tools and the transactional inbox in PostgreSQL; {@link
 * dev.webhookworker.postgres.PostgresModule} plugs it into the worker.
 */
@NullMarked
package dev.webhookworker.postgres;

import org.jspecify.annotations.NullMarked;
