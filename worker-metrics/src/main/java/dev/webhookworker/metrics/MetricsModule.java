package dev.webhookworker.metrics;

import dev.webhookworker.EventPublisher;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.spi.EventInterceptor;
import dev.webhookworker.spi.Tracing;
import dev.webhookworker.spi.WorkerListener;
import dev.webhookworker.spi.WorkerModule;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.tracer.common.SpanContext;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The worker's metrics. Found by {@link java.util.ServiceLoader}, it serves them at {@code
 * /metrics} of the health endpoint; bound to a registry of the host, it leaves serving and closing
 * to the host. Immutable but for what it makes for its worker; one module serves one worker.
 */
public final class MetricsModule implements WorkerModule {

  private final @Nullable MeterRegistry hostRegistry;
  private final ObservationRegistry observations;
  private final @Nullable SpanContext exemplars;
  private @Nullable PrometheusMeterRegistry ownRegistry;
  private @Nullable OpenByReason openByReason;
  private @Nullable PerformanceMonitor performance;

  /**
   * Metrics in a Prometheus registry of their own; needs {@code micrometer-registry-prometheus}.
   */
  public MetricsModule() {
    this(null, ObservationRegistry.NOOP, null);
  }

  private MetricsModule(
      @Nullable MeterRegistry hostRegistry,
      ObservationRegistry observations,
      @Nullable SpanContext exemplars) {
    this.hostRegistry = hostRegistry;
    this.observations = observations;
    this.exemplars = exemplars;
  }

  /** Metrics in the host's registry, which is neither configured nor closed. */
  public static MetricsModule bind(MeterRegistry registry) {
    return new MetricsModule(registry, ObservationRegistry.NOOP, null);
  }

  /**
   * The same, observing what it does with events: spans, where the registry has a tracer's handlers
   * (docs/traces.md). The registry is the host's and is not changed.
   */
  public MetricsModule observing(ObservationRegistry registry) {
    return new MetricsModule(hostRegistry, registry, exemplars);
  }

  /**
   * The same, with exemplars that name traces, for scrapers that ask for the OpenMetrics format.
   *
   * @param spans says which span is current on a thread
   * @throws IllegalStateException when metrics are in a registry of the host, which makes exemplars
   *     itself if it was made so
   */
  public MetricsModule withExemplars(SpanContext spans) {
    if (hostRegistry != null) {
      throw new IllegalStateException(
          "give the SpanContext to your own PrometheusMeterRegistry when you make it");
    }
    return new MetricsModule(null, observations, spans);
  }

  private MeterRegistry registry() {
    if (hostRegistry != null) {
      return hostRegistry;
    }
    if (ownRegistry == null) {
      ownRegistry =
          exemplars == null
              ? new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)
              : new PrometheusMeterRegistry(
                  PrometheusConfig.DEFAULT, new PrometheusRegistry(), Clock.SYSTEM, exemplars);
    }
    return ownRegistry;
  }

  @Override
  public Optional<Tracing> tracing(WorkerConfig config) {
    return observations.isNoop()
        ? Optional.empty()
        : Optional.of(new ObservedRuns(observations, config.traces()));
  }

  @Override
  public List<EventInterceptor> interceptors(WorkerConfig config) {
    return observations.isNoop() ? List.of() : List.of(new ObservedProcessing(observations));
  }

  @Override
  public EventPublisher publisher(EventPublisher publisher) {
    return publisher instanceof ObservedPublisher
        ? publisher
        : new ObservedPublisher(publisher, registry(), observations);
  }

  private OpenByReason openByReason() {
    if (openByReason == null) {
      openByReason = new OpenByReason(registry());
    }
    return openByReason;
  }

  @Override
  public List<WorkerListener> listeners(WorkerConfig config) {
    return List.of(new EventMeters(registry()), openByReason(), new ToolMeters(registry()));
  }

  @Override
  public List<HttpEndpoint> endpoints(WorkerConfig config) {
    registry();
    return ownRegistry == null
        ? List.of()
        : List.of(new HttpEndpoint("/metrics", new ScrapeHandler(ownRegistry, exemplars != null)));
  }

  @Override
  public void built(Worker worker) {
    OpenByReason open = openByReason();
    new QueueMeters(worker).bindTo(registry());
    worker.measurePools(registry());
    PerformanceMonitor monitor =
        new PerformanceMonitor(
            new ProcessFigures(ContainerMemory.ofThisProcess(), ContainerCpu.ofThisProcess()),
            () ->
                WorkerMeter.PAYLOAD.summary(registry()).max()
                    / worker.config().limits().maxPayloadBytes());
    monitor.bindTo(registry());
    monitor.watch(() -> open.count(worker));
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
