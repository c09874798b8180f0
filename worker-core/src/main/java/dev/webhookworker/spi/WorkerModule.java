package dev.webhookworker.spi;

import dev.webhookworker.EventPublisher;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import java.util.List;
import java.util.Optional;

/**
 * How worker-redis, worker-postgres, worker-metrics and others plug in. Found by {@link
 * java.util.ServiceLoader}, or given to {@code WorkerBuilder.install}, which wins over a found one
 * that offers the same. Each method is called once, while the worker is built; none connects yet.
 */
public interface WorkerModule {

  /** For log lines and errors. */
  default String name() {
    return getClass().getSimpleName();
  }

  /** The queue, when this module brings it and the configuration asks for it. */
  default Optional<EventStream> eventStream(WorkerConfig config) {
    return Optional.empty();
  }

  /** The store, when this module brings it and the configuration asks for it. */
  default Optional<EventStore> eventStore(WorkerConfig config) {
    return Optional.empty();
  }

  /** Called first: the keys of the worker, for what the module itself encrypts. */
  default void keys(KeyProvider keys) {}

  default List<ToolConfigExtractor> toolConfigExtractors(WorkerConfig config) {
    return List.of();
  }

  /** Where the ingest endpoint looks up the tool of a path. */
  default List<ToolDirectory> toolDirectories(WorkerConfig config) {
    return List.of();
  }

  default List<WorkerListener> listeners(WorkerConfig config) {
    return List.of();
  }

  default List<EventInterceptor> interceptors(WorkerConfig config) {
    return List.of();
  }

  /** What follows events for a tracer, when this module brings it. */
  default Optional<Tracing> tracing(WorkerConfig config) {
    return Optional.empty();
  }

  /**
   * The same publisher, measured and traced; called for each that is used with this module's
   * worker.
   */
  default EventPublisher publisher(EventPublisher publisher) {
    return publisher;
  }

  /** Further paths for the health server, e.g. {@code /metrics}. */
  default List<HttpEndpoint> endpoints(WorkerConfig config) {
    return List.of();
  }

  /**
   * Looks at what this module connects to, without a worker and without changing anything; for
   * {@code doctor}. Connections made for it are closed again.
   */
  default List<Finding> diagnose(WorkerConfig config) {
    return List.of();
  }

  /** Called once the worker is built, for gauges over its live figures. */
  default void built(dev.webhookworker.Worker worker) {}

  /** Called when the worker is closed. */
  default void close() {}

  /**
   * A path served beside the health endpoints.
   *
   * @param path begins with a slash
   */
  record HttpEndpoint(String path, com.sun.net.httpserver.HttpHandler handler) {}
}
