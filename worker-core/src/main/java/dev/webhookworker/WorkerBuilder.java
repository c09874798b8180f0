package dev.webhookworker;

import dev.webhookworker.crypto.ConfiguredKeys;
import dev.webhookworker.crypto.FieldEncryption;
import dev.webhookworker.crypto.KeyProviders;
import dev.webhookworker.dispatch.Engine;
import dev.webhookworker.dlq.DlqHandler;
import dev.webhookworker.dlq.DlqParts;
import dev.webhookworker.dlq.DlqWorker;
import dev.webhookworker.dlq.StoredEvents;
import dev.webhookworker.forward.Forwarding;
import dev.webhookworker.health.HealthServer;
import dev.webhookworker.health.WorkerHealth;
import dev.webhookworker.limit.ToolGates;
import dev.webhookworker.ops.Activity;
import dev.webhookworker.ops.OpsHandler;
import dev.webhookworker.ops.OpsPages;
import dev.webhookworker.ops.OpsParts;
import dev.webhookworker.pipeline.EntryReader;
import dev.webhookworker.pipeline.EventPipeline;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.pipeline.PipelineParts;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.PoolFigures;
import dev.webhookworker.signature.SignatureVerifiers;
import dev.webhookworker.spi.ErrorClassifier;
import dev.webhookworker.spi.EventHandler;
import dev.webhookworker.spi.EventInterceptor;
import dev.webhookworker.spi.EventProcessor;
import dev.webhookworker.spi.EventTransformer;
import dev.webhookworker.spi.HealthIndicator;
import dev.webhookworker.spi.KeyProvider;
import dev.webhookworker.spi.LogLevels;
import dev.webhookworker.spi.ProcessingContext;
import dev.webhookworker.spi.SignatureVerifier;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.ToolConfigExtractor;
import dev.webhookworker.spi.ToolDirectory;
import dev.webhookworker.spi.Tracing;
import dev.webhookworker.spi.TypedEventHandler;
import dev.webhookworker.spi.WorkerListener;
import dev.webhookworker.spi.WorkerModule;
import dev.webhookworker.tool.PayloadSchemas;
import dev.webhookworker.tool.ToolDirectories;
import dev.webhookworker.tool.ToolPlans;
import dev.webhookworker.tool.ToolValidation;
import dev.webhookworker.tool.ToolsFile;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds a {@link Worker}: explicit parts first, those of {@code META-INF/services} second. Not
 * thread-safe.
 */
public final class WorkerBuilder {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerBuilder.class);

  private WorkerConfig config = WorkerConfig.defaults();
  private boolean discovery = true;
  private @Nullable KeyProvider keys;
  private @Nullable LogLevels logLevels;
  private Clock clock = Clock.systemUTC();
  private RandomGenerator random = new java.util.Random();
  private final List<EventProcessor> processors = new ArrayList<>();
  private final List<EventInterceptor> interceptors = new ArrayList<>();
  private final List<WorkerListener> listeners = new ArrayList<>();
  private final List<ToolConfigExtractor> extractors = new ArrayList<>();
  private final List<EventTransformer> transformers = new ArrayList<>();
  private final List<ErrorClassifier> classifiers = new ArrayList<>();
  private final List<ToolDirectory> directories = new ArrayList<>();
  private final List<SignatureVerifier> verifiers = new ArrayList<>();
  private final List<HealthIndicator> indicators = new ArrayList<>();
  private final List<WorkerModule> modules = new ArrayList<>();

  WorkerBuilder() {}

  /** The settings; {@link WorkerConfig#defaults()} by default. */
  public WorkerBuilder config(WorkerConfig settings) {
    config = settings;
    return this;
  }

  /** Adds a processor; see {@link EventProcessor} for the order. */
  public WorkerBuilder processor(EventProcessor processor) {
    processors.add(processor);
    return this;
  }

  /**
   * Adds a lambda as processor.
   *
   * @param eventTypes pattern: exact, {@code family.*} or {@code *}
   */
  public WorkerBuilder processor(String eventTypes, EventHandler handler) {
    return processor(
        new HandlerProcessor(eventTypes, eventTypes + "#" + (processors.size() + 1), handler));
  }

  /**
   * Adds a lambda that gets the payload as an object, made by Jackson; unknown properties are
   * ignored. A payload that does not fit is not retryable.
   */
  public <T> WorkerBuilder processor(
      String eventTypes, Class<T> type, TypedEventHandler<T> handler) {
    return processor(
        eventTypes,
        (event, context) ->
            handler.handle(Json.MAPPER.readValue(event.rawPayload(), type), context));
  }

  /** Adds an interceptor; the first one added is the outermost. */
  public WorkerBuilder interceptor(EventInterceptor interceptor) {
    interceptors.add(interceptor);
    return this;
  }

  /** Adds a listener. */
  public WorkerBuilder listener(WorkerListener listener) {
    listeners.add(listener);
    return this;
  }

  /** Adds a source of tool configurations. */
  public WorkerBuilder toolConfigExtractor(ToolConfigExtractor extractor) {
    extractors.add(extractor);
    return this;
  }

  /** Adds a transformer. */
  public WorkerBuilder transformer(EventTransformer transformer) {
    transformers.add(transformer);
    return this;
  }

  /** Adds a classifier of errors; the first that knows an error decides. */
  public WorkerBuilder errorClassifier(ErrorClassifier classifier) {
    classifiers.add(classifier);
    return this;
  }

  /** Adds a source of the tools that the ingest endpoint serves; see {@link Worker#ingest}. */
  public WorkerBuilder toolDirectory(ToolDirectory directory) {
    directories.add(directory);
    return this;
  }

  /** Adds a signature scheme; it wins over the worker's own of the same name. */
  public WorkerBuilder signatureVerifier(SignatureVerifier verifier) {
    verifiers.add(verifier);
    return this;
  }

  /** Adds a check of the host's own to the health endpoints. */
  public WorkerBuilder healthIndicator(HealthIndicator indicator) {
    indicators.add(indicator);
    return this;
  }

  /** Installs a module; it wins over a discovered one that brings the same port. */
  public WorkerBuilder install(WorkerModule module) {
    modules.add(module);
    return this;
  }

  /** Whether {@code META-INF/services} is searched; true by default. */
  public WorkerBuilder discovery(boolean on) {
    discovery = on;
    return this;
  }

  /**
   * Where encryption keys come from; by default the provider in {@code META-INF/services}, else
   * those of {@link WorkerConfig#encryption()}.
   */
  public WorkerBuilder keyProvider(KeyProvider provider) {
    keys = provider;
    return this;
  }

  /** How the operations page changes log levels; it can't by default. */
  public WorkerBuilder logLevels(LogLevels levels) {
    logLevels = levels;
    return this;
  }

  /** The clock of attempts, deadlines and retries; the system's by default. For tests. */
  public WorkerBuilder clock(Clock time) {
    clock = time;
    return this;
  }

  /**
   * Makes the worker; connects to nothing yet.
   *
   * @throws ConfigurationException naming everything that is wrong
   */
  public Worker build() {
    List<String> problems = new ArrayList<>();
    Discovery found = discovery ? Discovery.search() : Discovery.NOTHING;
    List<WorkerModule> allModules = new ArrayList<>(modules);
    Set<Class<?>> installed = new HashSet<>();
    modules.forEach(module -> installed.add(module.getClass()));
    found.modules().stream()
        .filter(module -> !installed.contains(module.getClass()))
        .forEach(allModules::add);

    EventStream stream = null;
    EventStore store = null;
    List<WorkerListener> allListeners = new ArrayList<>(listeners);
    List<EventInterceptor> allInterceptors = new ArrayList<>(interceptors);
    List<ToolConfigExtractor> allExtractors = new ArrayList<>(extractors);
    List<ToolDirectory> allDirectories = new ArrayList<>(directories);
    Tracing tracing = Tracing.NONE;
    List<WorkerModule.HttpEndpoint> endpoints = new ArrayList<>();
    KeyProvider keysInUse = keysInUse();
    for (WorkerModule module : allModules) {
      module.keys(keysInUse);
      if (stream == null) {
        stream = module.eventStream(config).orElse(null);
      }
      if (store == null) {
        store = module.eventStore(config).orElse(null);
      }
      if (tracing == Tracing.NONE) {
        tracing = GuardedTracing.of(module.tracing(config).orElse(Tracing.NONE));
      }
      allListeners.addAll(module.listeners(config));
      allInterceptors.addAll(module.interceptors(config));
      allExtractors.addAll(module.toolConfigExtractors(config));
      allDirectories.addAll(module.toolDirectories(config));
      endpoints.addAll(module.endpoints(config));
    }
    if (stream == null) {
      problems.add(
          "there is no event stream: add the dependency worker-redis, or for a unit test"
              + " install(InMemoryModule.create())");
    }
    if (store == null && config.database().isPresent()) {
      problems.add(
          "a database is configured (DATABASE_NAME) but nothing uses it: add the dependency"
              + " worker-postgres");
    }
    List<EventTransformer> allTransformers = new ArrayList<>(transformers);
    allTransformers.addAll(found.transformers());
    ToolPlans plans =
        new ToolPlans(ToolValidation.withOwn(allTransformers), new PayloadSchemas(config.tools()));
    List<SignatureVerifier> allVerifiers = new ArrayList<>(found.verifiers());
    allVerifiers.addAll(verifiers);
    SignatureVerifiers signatureVerifiers = SignatureVerifiers.with(allVerifiers);
    List<ToolConfig> fileTools = new ArrayList<>();
    try {
      config
          .toolsFile()
          .map(file -> ToolsFile.load(file, new ToolValidation(signatureVerifiers, plans)))
          .ifPresent(
              tools -> {
                fileTools.addAll(tools.all());
                allExtractors.add(tools);
                allDirectories.add(tools);
              });
    } catch (ConfigurationException wrongTools) {
      problems.addAll(wrongTools.problems());
    }
    if (config.ingest().endpoint() != null && allDirectories.isEmpty()) {
      problems.add(
          "webhooks are to be taken in (INGEST_ENDPOINT) but there are no tools: set"
              + " WORKER_TOOLS_FILE, or a database with worker-postgres");
    }
    FieldEncryption encryption = new FieldEncryption(config.encryption().fields(), keysInUse);
    if (encryption.problem() != null) {
      problems.add(encryption.problem());
    }
    List<HealthIndicator> allIndicators = new ArrayList<>(indicators);
    allIndicators.addAll(found.indicators());
    problems.addAll(WorkerHealth.problemsOf(allIndicators));
    List<EventProcessor> allProcessors = ordered(found.processors(), problems);
    if (!problems.isEmpty() || stream == null) {
      throw new ConfigurationException(problems);
    }
    allExtractors.addAll(found.extractors());

    Activity activity = new Activity();
    allListeners.add(activity);
    WorkerListener listener = Listeners.of(allListeners);
    ToolGates gates = new ToolGates(config.tools().maxConcurrent(), listener);
    EntryReader entries = new EntryReader(config, allExtractors);
    Forwarding forwarding =
        Forwarding.of(config, stream, entries, listener, clock, random, tracing);
    EventPipeline pipeline =
        new PipelineParts(
                config,
                stream,
                store,
                allProcessors,
                allInterceptors,
                entries,
                plans,
                classifiers,
                signatureVerifiers,
                gates,
                clock,
                random,
                encryption,
                forwarding,
                tracing)
            .build();
    Engine engine = new Engine(config, stream, store, pipeline, listener, clock, random);
    DlqParts dlq = DlqParts.of(config, stream, store, listener, clock, encryption);
    DlqWorker dlqWorker = DlqWorker.of(dlq, stream::consumerName, store);
    WorkerHealth health =
        new WorkerHealth(
            config,
            engine,
            store,
            gates,
            forwarding::states,
            failingTasks(engine, dlqWorker, store),
            allIndicators,
            clock);
    DlqHandler deadLetters = DlqHandler.of(dlq);
    StoredEvents events = StoredEvents.of(dlq, stream, store, config);
    OpsParts ops =
        new OpsParts(
            config,
            engine,
            stream,
            store,
            health,
            deadLetters,
            events,
            gates,
            forwarding,
            dlq.audit(),
            activity,
            fileTools,
            logLevels,
            clock);
    OpsHandler opsHandler = config.ops().isOn() ? OpsHandler.forTokens(ops) : null;
    if (opsHandler != null) {
      endpoints.add(new WorkerModule.HttpEndpoint("/ops", opsHandler));
    }
    HealthServer server =
        config
            .healthEndpoint()
            .map(address -> new HealthServer(address, health, endpoints))
            .orElse(null);
    Worker worker =
        new Worker(
            config,
            engine,
            health,
            server,
            new Ports(stream, store, forwarding),
            allModules,
            new Ingest(new ToolDirectories(allDirectories), allVerifiers, listener, tracing, clock),
            new Worker.Operations(
                deadLetters,
                events,
                dlqWorker,
                gates,
                ops.disabledDestinations(),
                new OpsPages(ops, opsHandler)));
    allModules.forEach(module -> module.built(worker));
    LOG.atDebug()
        .addKeyValue("processors", allProcessors.stream().map(EventProcessor::name).toList())
        .addKeyValue("modules", allModules.stream().map(WorkerModule::name).toList())
        .log("Built");
    return worker;
  }

  private static Supplier<List<String>> failingTasks(
      Engine engine, DlqWorker dlqWorker, @Nullable EventStore store) {
    return () -> {
      List<String> all = new ArrayList<>();
      Stream.concat(engine.failingTasks().stream(), dlqWorker.failing().stream())
          .forEach(task -> all.add(task.toString()));
      if (store != null) {
        all.addAll(store.failingTasks());
      }
      return all;
    };
  }

  private KeyProvider keysInUse() {
    if (keys != null) {
      return keys;
    }
    return discovery
        ? KeyProviders.found(config.encryption())
        : new ConfiguredKeys(config.encryption());
  }

  private List<EventProcessor> ordered(List<EventProcessor> found, List<String> problems) {
    List<EventProcessor> all = new ArrayList<>(processors);
    Set<Class<?>> given = new HashSet<>();
    processors.forEach(processor -> given.add(processor.getClass()));
    for (EventProcessor processor : found) {
      if (given.contains(processor.getClass())) {
        LOG.atInfo()
            .addKeyValue("processor", processor.name())
            .log("A processor is in META-INF/services and given to the builder; it runs once");
      } else {
        all.add(processor);
      }
    }
    all.sort(Comparator.comparingInt(EventProcessor::order));
    Set<String> names = new HashSet<>();
    for (EventProcessor processor : all) {
      if (!names.add(processor.name())) {
        problems.add(
            "two processors have the name '"
                + processor.name()
                + "'; give each its own by overriding name()");
      }
    }
    return all;
  }

  /** What the worker closes at its end. */
  record Ports(EventStream stream, @Nullable EventStore store, Forwarding forwarding) {
    List<PoolFigures> pools() {
      List<PoolFigures> pools = new ArrayList<>();
      stream.pool().ifPresent(pools::add);
      if (store != null) {
        store.pool().ifPresent(pools::add);
      }
      return pools;
    }

    void measurePools(Object registry) {
      if (store != null) {
        store.measurePool(registry);
      }
    }

    void close() {
      forwarding.close();
      stream.close();
      if (store != null) {
        store.close();
      }
    }
  }

  /** What an ingest endpoint shares with its worker. */
  record Ingest(
      ToolDirectory tools,
      List<SignatureVerifier> verifiers,
      WorkerListener listener,
      Tracing tracing,
      Clock clock) {}

  private record HandlerProcessor(String eventTypePattern, String name, EventHandler handler)
      implements EventProcessor {

    @Override
    public Set<String> eventTypes() {
      return Set.of(eventTypePattern);
    }

    @Override
    public boolean supports(WebhookEvent event) {
      return dev.webhookworker.spi.EventTypes.matches(eventTypePattern, event.eventType());
    }

    @Override
    public void process(WebhookEvent event, ProcessingContext context) throws Exception {
      handler.handle(event, context);
    }
  }
}
