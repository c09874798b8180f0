package dev.webhookworker.metrics;

import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.spi.WorkerListener;
import dev.webhookworker.spi.WorkerModule;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The worker's metrics. Found by {@link java.util.ServiceLoader}, it serves them at {@code
 * /metrics} of the health endpoint; bound to a registry of the host, it leaves serving and closing
 * to the host.
 */
public final class MetricsModule implements WorkerModule {

  private final @Nullable MeterRegistry hostRegistry;
  private @Nullable PrometheusMeterRegistry ownRegistry;
  private @Nullable PerformanceMonitor performance;

  /**
   * Metrics in a Prometheus registry of their own; needs {@code micrometer-registry-prometheus}.
   */
  public MetricsModule() {
    this(null);
  }

  private MetricsModule(@Nullable MeterRegistry hostRegistry) {
    this.hostRegistry = hostRegistry;
  }

  /** Metrics in the host's registry, which is neither configured nor closed. */
  public static MetricsModule bind(MeterRegistry registry) {
    return new MetricsModule(registry);
  }

  private MeterRegistry registry() {
    if (hostRegistry != null) {
      return hostRegistry;
    }
    if (ownRegistry == null) {
      ownRegistry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }
    return ownRegistry;
  }

  @Override
  public List<WorkerListener> listeners(WorkerConfig config) {
    return List.of(new EventMeters(registry()), new ToolMeters(registry()));
  }

  @Override
  public List<HttpEndpoint> endpoints(WorkerConfig config) {
    registry();
    return ownRegistry == null
        ? List.of()
        : List.of(new HttpEndpoint("/metrics", new ScrapeHandler(ownRegistry)));
  }

  @Override
  public void built(Worker worker) {
    new QueueMeters(worker).bindTo(registry());
    PerformanceMonitor monitor =
        new PerformanceMonitor(new ProcessFigures(ContainerMemory.ofThisProcess()));
    monitor.bindTo(registry());
    monitor.watch();
    performance = monitor;
  }

  @Override
  public void close() {
    if (performance != null) {
      performance.close();
    }
    if (ownRegistry != null) {
      ownRegistry.close();
    }
  }
}
