package dev.webhookworker;

import com.sun.net.httpserver.HttpHandler;
import dev.webhookworker.dispatch.Engine;
import dev.webhookworker.dlq.DlqWorker;
import dev.webhookworker.health.HealthHandler;
import dev.webhookworker.health.HealthReport;
import dev.webhookworker.health.HealthServer;
import dev.webhookworker.health.WorkerHealth;
import dev.webhookworker.ingest.IngestEndpoint;
import dev.webhookworker.limit.ToolGates;
import dev.webhookworker.ops.Authenticator;
import dev.webhookworker.ops.DisabledDestinations;
import dev.webhookworker.ops.OpsHandler;
import dev.webhookworker.ops.OpsPages;
import dev.webhookworker.port.PoolFigures;
import dev.webhookworker.port.StreamDepth;
import dev.webhookworker.spi.WorkerModule;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes webhook events from a stream and sees each one through: processed, duplicate, or an open
 * dead letter.
 *
 * <pre>{@code
 * try (Worker worker = Worker.builder()
 *     .config(WorkerConfig.fromEnvironment())
 *     .processor("push", (event, context) -> deploy(event.payload().at("/ref").asText()))
 *     .build()) {
 *   worker.start();
 *   ...
 * }
 * }</pre>
 *
 * <p>Thread-safe. A worker is started once and closed once.
 */
public final class Worker implements AutoCloseable {

  private enum State {
    NEW,
    STARTED,
    CLOSED
  }

  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  private final WorkerConfig config;
  private final Engine engine;
  private final WorkerHealth health;
  private final @Nullable HealthServer healthServer;
  private final WorkerBuilder.Ports ports;
  private final List<WorkerModule> modules;
  private final WorkerBuilder.Ingest ingest;
  private final Operations operations;
  private final AtomicReference<State> state = new AtomicReference<>(State.NEW);

  /** What operators do, and what is done about dead letters without them. */
  record Operations(
      DeadLetters deadLetters,
      Events events,
      DlqWorker dlqWorker,
      ToolGates gates,
      DisabledDestinations disabledDestinations,
      OpsPages pages) {}

  Worker(
      WorkerConfig config,
      Engine engine,
      WorkerHealth health,
      @Nullable HealthServer healthServer,
      WorkerBuilder.Ports ports,
      List<WorkerModule> modules,
      WorkerBuilder.Ingest ingest,
      Operations operations) {
    this.config = config;
    this.engine = engine;
    this.health = health;
    this.healthServer = healthServer;
    this.ports = ports;
    this.modules = List.copyOf(modules);
    this.ingest = ingest;
    this.operations = operations;
  }

  public static WorkerBuilder builder() {
    return new WorkerBuilder();
  }

  /**
   * Starts and returns at once. A service that is missing is no error: the worker says that it is
   * not ready and connects when it can.
   *
   * @throws IllegalStateException when it was started before
   * @throws IOException when the health endpoint can't be bound; the message names it
   */
  public void start() throws IOException {
    if (!state.compareAndSet(State.NEW, State.STARTED)) {
      throw new IllegalStateException("a worker is started once; build another one");
    }
    LOG.atInfo().addKeyValue("settings", config.describe()).log("Starting");
    config.warnings().forEach(warning -> LOG.atWarn().log("{}", warning));
    if (healthServer != null) {
      healthServer.start();
    }
    engine.start();
    operations.pages().start();
    operations.dlqWorker().start(engine.vitals()::consuming);
  }

  /** Takes no more events in; what was taken goes on. */
  public void pause() {
    engine.pause();
  }

  /** Takes events in again. */
  public void resume() {
    engine.resume();
  }

  /**
   * Pauses and waits until everything that was taken is settled.
   *
   * @return false when the time was over first
   */
  public boolean drain(Duration limit) {
    return engine.drain(limit);
  }

  /** Health now, as the endpoint shows it; checks are cached for a second. */
  public HealthReport health() {
    return health.report();
  }

  /** Figures of this worker since its start. */
  public WorkerStats stats() {
    return engine.stats();
  }

  /** The limits of tools in use since its start, by tool; see docs/tools.md. */
  public List<ToolLimitState> toolLimits() {
    return operations.gates().states();
  }

  /** The destinations that events were forwarded to since its start, by tool and name. */
  public List<DestinationState> destinations() {
    return ports.forwarding().states();
  }

  /**
   * Enables a destination that was disabled because it had failed for so long (docs/forwarding.md).
   * All workers of the group send to it again within seconds; retry its dead letters then.
   *
   * @param actor who does it, for the audit log
   * @return false when it was not disabled
   * @throws DeadLetters.UnavailableException when queue or store do not answer; try again
   */
  public boolean enableDestination(String toolId, String destination, String actor) {
    return operations.disabledDestinations().enable(toolId, destination, actor);
  }

  /** How much waits in the stream, as of the last round of housekeeping; empty while unknown. */
  public Optional<StreamDepth> depth() {
    return engine.depth();
  }

  /** How full the worker's own pools of connections are; those of the host are not among them. */
  public List<PoolFigures> connectionPools() {
    return ports.pools();
  }

  /**
   * Has the worker's own pools tell their figures by the names of their libraries, HikariCP's as
   * {@code hikaricp_…}; those of the host are the host's to measure. Called once, by
   * worker-metrics.
   *
   * @param registry a Micrometer {@code MeterRegistry}
   */
  public void measurePools(Object registry) {
    ports.measurePools(registry);
  }

  /** Dead letters: looking at them, retrying, discarding. Works before the start as well. */
  public DeadLetters deadLetters() {
    return operations.deadLetters();
  }

  /** Processed events: searching, their stories, replaying. Works before the start as well. */
  public Events events() {
    return operations.events();
  }

  /** Where health is served; empty when it is not. */
  public Optional<InetSocketAddress> healthAddress() {
    return Optional.ofNullable(healthServer).map(HealthServer::address);
  }

  /**
   * The health endpoints for an {@code HttpServer} of the host, mounted at {@code "/"} or at {@code
   * "/health"}; independent of {@link WorkerConfig#healthEndpoint()}.
   */
  public HttpHandler healthHandler() {
    return new HealthHandler(health);
  }

  /** Where the operations page is served; empty when it is not (WORKER_ADMIN_TOKEN). */
  public Optional<URI> opsAddress() {
    return config.ops().isOn()
        ? healthAddress().map(address -> OpsPages.address(address))
        : Optional.empty();
  }

  /**
   * The operations page for an {@code HttpServer} of the host, under a path of its choice, for whom
   * the host lets in; independent of {@link WorkerConfig#ops()}. Ends with the worker.
   *
   * @param authenticator says who asks, and what he may do
   */
  public OpsHandler opsHandler(Authenticator authenticator) {
    return operations.pages().forHost(authenticator);
  }

  /**
   * An endpoint that takes webhooks in for this worker's tools, limits and signature schemes, and
   * asks senders to come later while too much waits. Serve it by {@code IngestServer} or mount an
   * {@code IngestHandler} on a server of your own; close it before the worker.
   *
   * @param publisher puts events on the worker's stream; closed by the caller
   */
  public IngestEndpoint ingest(EventPublisher publisher) {
    return IngestEndpoint.builder(ingest.tools(), measured(publisher))
        .settings(config.ingest())
        .limits(config.limits())
        .signatures(config.signatures())
        .signatureVerifiers(ingest.verifiers())
        .listener(ingest.listener())
        .tracing(ingest.tracing(), config.traces().request())
        .clock(ingest.clock())
        .depth(
            () ->
                depth()
                    .map(waiting -> OptionalLong.of(waiting.total()))
                    .orElseGet(OptionalLong::empty))
        .build();
  }

  private EventPublisher measured(EventPublisher publisher) {
    EventPublisher measured = publisher;
    for (WorkerModule module : modules) {
      measured = module.publisher(measured);
    }
    return measured;
  }

  public WorkerConfig config() {
    return config;
  }

  /**
   * Ends in order within the shutdown timeout: what runs may finish, what was not started is given
   * back to other workers. Later calls do nothing.
   */
  @Override
  public void close() {
    State before = state.getAndSet(State.CLOSED);
    if (before == State.CLOSED) {
      return;
    }
    if (before == State.STARTED) {
      LOG.atInfo().addKeyValue("held", engine.stats().held()).log("Closing");
      operations.dlqWorker().close();
      engine.close();
    }
    operations.pages().close();
    if (healthServer != null) {
      healthServer.close();
    }
    health.close();
    ports.close();
    modules.forEach(WorkerModule::close);
    LOG.atInfo().log("Closed");
  }
}
