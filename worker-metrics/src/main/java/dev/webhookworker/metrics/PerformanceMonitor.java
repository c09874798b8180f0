package dev.webhookworker.metrics;

import dev.webhookworker.periodic.PeriodicTask;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;

/**
 * Memory, threads, garbage collection and CPU of this process, under the names that dashboards of
 * the Go service know, and under Micrometer's; warns in the log before a limit of the JVM or the
 * container is reached.
 */
final class PerformanceMonitor implements MeterBinder, AutoCloseable {

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);
  private static final Duration FIRST_COUNT = Duration.ofSeconds(5);
  private static final Duration BETWEEN_COUNTS = Duration.ofSeconds(60);
  private static final double MEMORY_MARK = 0.8;
  private static final double THREADS_MARK = 0.8;
  private static final double CPU_MARK = 0.9;
  private static final double PAYLOAD_MARK = 0.8;
  private static final double FILES_MARK = 0.8;
  private static final double COLLECTION_MARK = 0.3;

  private final ProcessFigures figures;
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final CpuShare cpu;
  private final List<LimitWatch> watches;
  private final List<PeriodicTask> tasks = new CopyOnWriteArrayList<>();

  // Written by the timer's thread.
  private double collectionSecondsBefore;
  private long nanosBefore;

  /**
   * @param payloadShare the largest payload of late against the limit, 0 to 1
   */
  PerformanceMonitor(ProcessFigures figures, DoubleSupplier payloadShare) {
    this.figures = figures;
    cpu = new CpuShare(System::nanoTime, figures::cpuNanos, figures::processors);
    collectionSecondsBefore = figures.collectionSeconds();
    nanosBefore = System.nanoTime();
    watches =
        List.of(
            new LimitWatch(
                "heap after a collection",
                MEMORY_MARK,
                () -> figures.heapLive() / figures.heapLimit(),
                "Handlers hold much: lower WORKER_MAX_CONCURRENT or WORKER_PREFETCH_BYTES, or"
                    + " give the JVM more (-XX:MaxRAMPercentage)"),
            new LimitWatch(
                "container memory",
                MEMORY_MARK,
                () -> figures.containerUsed() / figures.containerLimit(),
                "At the limit the process is killed: raise the container's limit or lower"
                    + " -XX:MaxRAMPercentage"),
            new LimitWatch(
                "threads",
                THREADS_MARK,
                figures::threadsShare,
                "At the container's limit of threads (pids.max) none can be begun: look for a"
                    + " handler that begins its own, or raise the limit"),
            new LimitWatch(
                "CPU",
                CPU_MARK,
                cpu::look,
                "For a minute the worker has used all it is given: give it more, add a replica, or"
                    + " lower WORKER_MAX_CONCURRENT if events wait elsewhere too long"),
            new LimitWatch(
                "payload size",
                PAYLOAD_MARK,
                payloadShare,
                "A larger one becomes a dead letter: raise WORKER_MAX_PAYLOAD_BYTES, or let the"
                    + " sender send less"),
            new LimitWatch(
                "open files",
                FILES_MARK,
                figures::openFilesShare,
                "A handler may not close what it opens; else raise the limit (ulimit -n)"),
            new LimitWatch(
                "time in garbage collections",
                COLLECTION_MARK,
                this::collectionShare,
                "The heap is too small for what the handlers do: give the JVM more memory"));
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    WorkerMeter.MEMORY_ALLOCATED.gauge(registry, figures, ProcessFigures::heapUsed);
    WorkerMeter.MEMORY_LIVE.gauge(registry, figures, ProcessFigures::heapLive);
    WorkerMeter.MEMORY_LIMIT.gauge(registry, figures, ProcessFigures::heapLimit);
    WorkerMeter.CONTAINER_USED.gauge(registry, figures, ProcessFigures::containerUsed);
    WorkerMeter.CONTAINER_LIMIT.gauge(registry, figures, ProcessFigures::containerLimit);
    WorkerMeter.THREADS.gauge(registry, figures, ProcessFigures::threads);
    WorkerMeter.CPU_SHARE.gauge(registry, cpu, CpuShare::now);
    WorkerMeter.GC_RUNS.functionCounter(registry, figures, ProcessFigures::collections);
    WorkerMeter.GC_TIME.functionCounter(registry, figures, ProcessFigures::collectionSeconds);
    new ProcessorMetrics().bindTo(registry);
    collections.bindTo(registry);
  }

  /**
   * Begins to look after the limits.
   *
   * @param rarely is run once a minute besides
   */
  void watch(Runnable rarely) {
    tasks.add(
        PeriodicTask.adaptive(
            FIRST_COUNT,
            "counting for metrics",
            "worker-counting",
            () -> {
              rarely.run();
              return BETWEEN_COUNTS;
            }));
    tasks.add(
        PeriodicTask.every(
            BETWEEN_LOOKS,
            "looking after the process's limits",
            "worker-performance",
            () -> watches.forEach(LimitWatch::look)));
  }

  private double collectionShare() {
    long now = System.nanoTime();
    double seconds = figures.collectionSeconds();
    double share = (seconds - collectionSecondsBefore) / ((now - nanosBefore) / 1e9);
    collectionSecondsBefore = seconds;
    nanosBefore = now;
    return share;
  }

  @Override
  public void close() {
    tasks.forEach(PeriodicTask::close);
    collections.close();
  }
}
