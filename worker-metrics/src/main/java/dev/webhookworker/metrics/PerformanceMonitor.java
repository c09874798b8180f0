package dev.webhookworker.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/**
 * Memory, threads, garbage collection and CPU of this process, under the names that dashboards of
 * the Go service know, and under Micrometer's.
 */
final class PerformanceMonitor implements MeterBinder, AutoCloseable {

  private final JvmGcMetrics collections = new JvmGcMetrics();

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("webhook.memory.allocated", Runtime.getRuntime(), PerformanceMonitor::heapUsed)
        .description("Heap in use")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("webhook.memory.limit", Runtime.getRuntime(), Runtime::maxMemory)
        .description("Largest heap")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder(
            ScrapeHandler.THREADS,
            ManagementFactory.getThreadMXBean(),
            threads -> threads.getThreadCount())
        .description("Live platform threads; the name is kept for existing dashboards")
        .register(registry);
    FunctionCounter.builder("webhook.gc.runs", this, monitor -> collectionCount())
        .description("Garbage collections")
        .register(registry);
    new ProcessorMetrics().bindTo(registry);
    collections.bindTo(registry);
  }

  private static double heapUsed(Runtime runtime) {
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static double collectionCount() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  @Override
  public void close() {
    collections.close();
  }
}
