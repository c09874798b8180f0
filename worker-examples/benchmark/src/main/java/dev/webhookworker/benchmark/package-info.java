/**
 * The benchmark: {@link dev.webhookworker.benchmark.Benchmark} fills a backlog and starts each cell
 * of the table in a JVM of its own ({@link dev.webhookworker.benchmark.CellMain}); a cell is one
 * {@link dev.webhookworker.benchmark.Contender} doing one job. docs/performance.md has the method.
 */
@NullMarked
package dev.webhookworker.benchmark;

import org.jspecify.annotations.NullMarked;
