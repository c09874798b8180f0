/**
 * Real Redis and PostgreSQL processes from Maven artifacts, for the quickstart, the benchmark and
 * tests: nothing has to be installed. Depends on no worker module.
 */
@NullMarked
package dev.webhookworker.embedded;

import org.jspecify.annotations.NullMarked;
