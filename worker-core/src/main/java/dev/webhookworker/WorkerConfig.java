package dev.webhookworker;

import dev.webhookworker.config.Durations;
import dev.webhookworker.config.HostName;
import dev.webhookworker.config.WorkerConfigReader;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All settings of a worker. Immutable; made by {@link #builder()} or {@link #fromEnvironment()}.
 * Each setting's default is stated at the builder's method; docs/configuration.md lists the
 * environment variables.
 */
public final class WorkerConfig {

  private final Builder settings;

  private WorkerConfig(Builder settings) {
    this.settings = settings;
  }

  /** A configuration with every default. */
  public static WorkerConfig defaults() {
    return builder().build();
  }

  public static Builder builder() {
    return new Builder();
  }

  /**
   * The configuration that the process's environment variables give.
   *
   * @throws ConfigurationException naming everything that is wrong
   */
  public static WorkerConfig fromEnvironment() {
    return fromEnvironment(System.getenv());
  }

  /**
   * The configuration that these variables give.
   *
   * @throws ConfigurationException naming everything that is wrong
   */
  public static WorkerConfig fromEnvironment(Map<String, String> environment) {
    return WorkerConfigReader.read(environment);
  }

  /** A builder that begins with these settings. */
  public Builder toBuilder() {
    return settings.copy();
  }

  /** See {@link Builder#streamName}. */
  public String streamName() {
    return settings.streamName;
  }

  /** See {@link Builder#groupName}. */
  public String groupName() {
    return settings.groupName;
  }

  /** See {@link Builder#idempotencyPrefix}. */
  public String idempotencyPrefix() {
    return settings.idempotencyPrefix;
  }

  /** See {@link Builder#consumerName}. */
  public String consumerName() {
    return settings.consumerName;
  }

  /** See {@link Builder#batchSize}. */
  public int batchSize() {
    return settings.batchSize;
  }

  /** See {@link Builder#maxConcurrent}. */
  public int maxConcurrent() {
    return settings.maxConcurrent;
  }

  /** See {@link Builder#prefetchBytes}. */
  public int prefetchBytes() {
    return settings.prefetchBytes;
  }

  /** See {@link Builder#visibilityTimeout}. */
  public Duration visibilityTimeout() {
    return settings.visibilityTimeout;
  }

  /** See {@link Builder#processingTimeout}. */
  public Duration processingTimeout() {
    return settings.processingTimeout;
  }

  /** See {@link Builder#shutdownTimeout}. */
  public Duration shutdownTimeout() {
    return settings.shutdownTimeout;
  }

  /** See {@link Builder#blockTimeout}. */
  public Duration blockTimeout() {
    return settings.blockTimeout;
  }

  /** See {@link Builder#idempotencyTtl}. */
  public Duration idempotencyTtl() {
    return settings.idempotencyTtl;
  }

  /** See {@link Builder#streamRetention}. */
  public Duration streamRetention() {
    return settings.streamRetention;
  }

  /** See {@link Builder#maintenanceInterval}. */
  public Duration maintenanceInterval() {
    return settings.maintenanceInterval;
  }

  /** See {@link Builder#maxDeliveries}. */
  public int maxDeliveries() {
    return settings.maxDeliveries;
  }

  /** See {@link Builder#idReuse}. */
  public IdReuse idReuse() {
    return settings.idReuse;
  }

  /** See {@link Builder#queueDepthDegraded}. */
  public int queueDepthDegraded() {
    return settings.queueDepthDegraded;
  }

  /** See {@link Builder#health}. */
  public HealthSettings health() {
    return settings.health;
  }

  /** The sorted set of waiting and leased retries: the stream's name with {@code _retry}. */
  public String retryName() {
    return settings.streamName + "_retry";
  }

  /** The hash of the waiting retries' data: the stream's name with {@code _retry_data}. */
  public String retryDataName() {
    return settings.streamName + "_retry_data";
  }

  /** See {@link Builder#dlq}. */
  public DlqSettings dlq() {
    return settings.dlq;
  }

  /** The stream of open dead letters: the stream's name with {@code _dlq}. */
  public String dlqName() {
    return settings.streamName + "_dlq";
  }

  /** The hash from event id to its open dead letter: the stream's name with {@code _dlq_open}. */
  public String deadLetterIndexName() {
    return settings.streamName + "_dlq_open";
  }

  /** The hash of what the workers of a group share: the stream's name with {@code _meta}. */
  public String metaName() {
    return settings.streamName + "_meta";
  }

  /** See {@link Builder#maxSnooze}. */
  public Duration maxSnooze() {
    return settings.maxSnooze;
  }

  /** See {@link Builder#retryPolicy}. */
  public RetryPolicy retryPolicy() {
    return settings.retryPolicy;
  }

  /** See {@link Builder#tools}. */
  public ToolSettings tools() {
    return settings.tools;
  }

  /** See {@link Builder#limits}. */
  public Limits limits() {
    return settings.limits;
  }

  /** See {@link Builder#signatures}. */
  public SignaturePolicy signatures() {
    return settings.signatures;
  }

  /** See {@link Builder#toolsFile}. */
  public Optional<Path> toolsFile() {
    return Optional.ofNullable(settings.toolsFile);
  }

  /** See {@link Builder#ingest}. */
  public IngestSettings ingest() {
    return settings.ingest;
  }

  /** See {@link Builder#redis}. */
  public RedisSettings redis() {
    return settings.redis;
  }

  /** See {@link Builder#database}. */
  public Optional<DatabaseSettings> database() {
    return Optional.ofNullable(settings.database);
  }

  /** See {@link Builder#forwarding}. */
  public ForwardSettings forwarding() {
    return settings.forwarding;
  }

  /** See {@link Builder#traces}. */
  public TraceSettings traces() {
    return settings.traces;
  }

  /** See {@link Builder#storage}. */
  public StorageSettings storage() {
    return settings.storage;
  }

  /** See {@link Builder#encryption}. */
  public EncryptionSettings encryption() {
    return settings.encryption;
  }

  /** See {@link Builder#healthEndpoint}. */
  public Optional<InetSocketAddress> healthEndpoint() {
    return Optional.ofNullable(settings.healthEndpoint);
  }

  /** See {@link Builder#logLevel}. */
  public String logLevel() {
    return settings.logLevel;
  }

  /** See {@link Builder#ops}. */
  public OpsSettings ops() {
    return settings.ops;
  }

  /** Where the settings came from. */
  public ConfigOrigin origin() {
    return settings.origin;
  }

  /** Hints at misspelt environment variables; the worker logs them when it starts. */
  public List<String> warnings() {
    return List.copyOf(settings.warnings);
  }

  /** Every setting in force by its name, without secrets, in a fixed order. */
  public Map<String, String> describe() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("streamName", settings.streamName);
    all.put("groupName", settings.groupName);
    all.put("idempotencyPrefix", settings.idempotencyPrefix);
    all.put("consumerName", settings.consumerName);
    all.put("batchSize", String.valueOf(settings.batchSize));
    all.put("maxConcurrent", String.valueOf(settings.maxConcurrent));
    all.put("prefetchBytes", String.valueOf(settings.prefetchBytes));
    all.put("visibilityTimeout", Durations.format(settings.visibilityTimeout));
    all.put("processingTimeout", Durations.format(settings.processingTimeout));
    all.put("shutdownTimeout", Durations.format(settings.shutdownTimeout));
    all.put("blockTimeout", Durations.format(settings.blockTimeout));
    all.put("idempotencyTtl", Durations.format(settings.idempotencyTtl));
    all.put("streamRetention", Durations.format(settings.streamRetention));
    all.put("maintenanceInterval", Durations.format(settings.maintenanceInterval));
    all.put("maxDeliveries", String.valueOf(settings.maxDeliveries));
    all.put("maxSnooze", Durations.format(settings.maxSnooze));
    all.put("idReuse", String.valueOf(settings.idReuse));
    all.put("queueDepthDegraded", String.valueOf(settings.queueDepthDegraded));
    all.put("health", settings.health.toString());
    all.put("retryPolicy", settings.retryPolicy.toString());
    all.put("limits", settings.limits.toString());
    all.put("signatures", String.valueOf(settings.signatures));
    all.put("toolsFile", toolsFile().map(Path::toString).orElse("none"));
    all.put("ingest", settings.ingest.toString());
    all.put("tools", settings.tools.toString());
    all.put("redis", settings.redis.address());
    all.put("database", database().map(DatabaseSettings::address).orElse("off"));
    all.put("storage", settings.storage.toString());
    all.put("forwarding", settings.forwarding.toString());
    all.put("traces", settings.traces.toString());
    all.put("encryptedFields", settings.encryption.fields().toString());
    all.put("encryptionKeys", settings.encryption.keys().keySet().toString());
    all.put("ops", settings.ops.toString());
    all.put("healthEndpoint", healthEndpoint().map(Object::toString).orElse("off"));
    return all;
  }

  /** Names settings and secrets' places, never a secret. */
  @Override
  public String toString() {
    return "WorkerConfig" + describe();
  }

  /** Collects settings; each method returns this builder. Not thread-safe. */
  public static final class Builder {

    /** Beyond this a duration is a mistake, and sums of it overflow. */
    private static final Duration LONGEST = Duration.ofDays(3650);

    private String streamName = "webhook_events";
    private String groupName = "webhook_workers";
    private String idempotencyPrefix = "webhook:idempotency:";
    private String consumerName = HostName.of(System.getenv());
    private int batchSize = 100;
    private int maxConcurrent = 10;
    private int prefetchBytes = 16 * 1024 * 1024;
    private Duration visibilityTimeout = Duration.ofSeconds(60);
    private Duration processingTimeout = Duration.ofMinutes(5);
    private Duration shutdownTimeout = Duration.ofSeconds(25);
    private Duration blockTimeout = Duration.ofMillis(500);
    private Duration idempotencyTtl = Duration.ofHours(24);
    private Duration streamRetention = Duration.ofMinutes(10);
    private Duration maintenanceInterval = Duration.ofSeconds(5);
    private int maxDeliveries = 5;
    private Duration maxSnooze = Duration.ofDays(30);
    private IdReuse idReuse = IdReuse.DEAD_LETTER;
    private int queueDepthDegraded = 1000;
    private HealthSettings health = HealthSettings.DEFAULTS;
    private RetryPolicy retryPolicy = RetryPolicy.defaults();
    private Limits limits = Limits.DEFAULTS;
    private SignaturePolicy signatures = SignaturePolicy.WHEN_PRESENT;
    private @Nullable Path toolsFile;
    private IngestSettings ingest = IngestSettings.DEFAULTS;
    private DlqSettings dlq = DlqSettings.DEFAULTS;
    private ToolSettings tools = ToolSettings.DEFAULTS;
    private RedisSettings redis = RedisSettings.DEFAULTS;
    private @Nullable DatabaseSettings database;
    private StorageSettings storage = StorageSettings.DEFAULTS;
    private ForwardSettings forwarding = ForwardSettings.DEFAULTS;
    private TraceSettings traces = TraceSettings.DEFAULTS;
    private EncryptionSettings encryption = EncryptionSettings.NONE;
    private @Nullable InetSocketAddress healthEndpoint;
    private String logLevel = "info";
    private OpsSettings ops = OpsSettings.OFF;
    private ConfigOrigin origin = ConfigOrigin.NONE;
    private List<String> warnings = List.of();

    private Builder() {}

    private Builder copy() {
      Builder copy = new Builder();
      copy.streamName = streamName;
      copy.groupName = groupName;
      copy.idempotencyPrefix = idempotencyPrefix;
      copy.consumerName = consumerName;
      copy.batchSize = batchSize;
      copy.maxConcurrent = maxConcurrent;
      copy.prefetchBytes = prefetchBytes;
      copy.visibilityTimeout = visibilityTimeout;
      copy.processingTimeout = processingTimeout;
      copy.shutdownTimeout = shutdownTimeout;
      copy.blockTimeout = blockTimeout;
      copy.idempotencyTtl = idempotencyTtl;
      copy.streamRetention = streamRetention;
      copy.maintenanceInterval = maintenanceInterval;
      copy.maxDeliveries = maxDeliveries;
      copy.maxSnooze = maxSnooze;
      copy.idReuse = idReuse;
      copy.queueDepthDegraded = queueDepthDegraded;
      copy.health = health;
      copy.retryPolicy = retryPolicy;
      copy.limits = limits;
      copy.signatures = signatures;
      copy.toolsFile = toolsFile;
      copy.ingest = ingest;
      copy.dlq = dlq;
      copy.tools = tools;
      copy.redis = redis;
      copy.database = database;
      copy.storage = storage;
      copy.forwarding = forwarding;
      copy.traces = traces;
      copy.encryption = encryption;
      copy.healthEndpoint = healthEndpoint;
      copy.logLevel = logLevel;
      copy.ops = ops;
      copy.origin = origin;
      copy.warnings = warnings;
      return copy;
    }

    /** Who may use the operations page. Off by default. (WORKER_ADMIN_TOKEN) */
    public Builder ops(OpsSettings value) {
      ops = value;
      return this;
    }

    /** Where the settings so far came from; set by the reader of the environment. */
    public Builder origin(ConfigOrigin value) {
      origin = value;
      return this;
    }

    /** The stream of first deliveries. Defaults to {@code webhook_events}. (WORKER_STREAM) */
    public Builder streamName(String value) {
      streamName = value;
      return this;
    }

    /** The consumer group. Defaults to {@code webhook_workers}. (WORKER_GROUP) */
    public Builder groupName(String value) {
      groupName = value;
      return this;
    }

    /**
     * What the key of an idempotency mark begins with. Defaults to {@code webhook:idempotency:}.
     * (WORKER_IDEMPOTENCY_PREFIX)
     */
    public Builder idempotencyPrefix(String value) {
      idempotencyPrefix = value;
      return this;
    }

    /**
     * The stable name of this worker in the group, unique among the live ones; the host name by
     * default. (WORKER_CONSUMER_NAME)
     */
    public Builder consumerName(String value) {
      consumerName = value;
      return this;
    }

    /** Most entries taken by one read, 1 to 10,000. Defaults to {@code 100}. (WORKER_BATCH_SIZE) */
    public Builder batchSize(int value) {
      batchSize = value;
      return this;
    }

    /** Most handlers at once, 1 to 10,000. Defaults to {@code 10}. (WORKER_MAX_CONCURRENT) */
    public Builder maxConcurrent(int value) {
      maxConcurrent = value;
      return this;
    }

    /**
     * Most payload bytes held by this worker. Defaults to {@code 16 MiB}. (WORKER_PREFETCH_BYTES)
     */
    public Builder prefetchBytes(int value) {
      prefetchBytes = value;
      return this;
    }

    /**
     * How long an entry may go without a sign of life before another worker takes it over; renewed
     * every third of it, at least 1 s. Defaults to {@code 60 s}. (WORKER_VISIBILITY_TIMEOUT)
     */
    public Builder visibilityTimeout(Duration value) {
      visibilityTimeout = value;
      return this;
    }

    /**
     * How long a handler may take before it is interrupted. Defaults to {@code 5 min}.
     * (WORKER_PROCESSING_TIMEOUT)
     */
    public Builder processingTimeout(Duration value) {
      processingTimeout = value;
      return this;
    }

    /**
     * How long closing waits for handlers that run. Defaults to {@code 25 s}.
     * (WORKER_SHUTDOWN_TIMEOUT)
     */
    public Builder shutdownTimeout(Duration value) {
      shutdownTimeout = value;
      return this;
    }

    /**
     * Longest wait of one blocking read; shorter than the Redis timeout. Defaults to {@code 500
     * ms}. (WORKER_BLOCK_TIMEOUT)
     */
    public Builder blockTimeout(Duration value) {
      blockTimeout = value;
      return this;
    }

    /** How long an event id is remembered. Defaults to {@code 24 h}. (WORKER_IDEMPOTENCY_TTL) */
    public Builder idempotencyTtl(Duration value) {
      idempotencyTtl = value;
      return this;
    }

    /**
     * How long acknowledged entries stay in the stream before they are trimmed. Defaults to {@code
     * 10 min}. (WORKER_STREAM_RETENTION)
     */
    public Builder streamRetention(Duration value) {
      streamRetention = value;
      return this;
    }

    /**
     * Time between two rounds of housekeeping (trimming, depth). Defaults to {@code 5 s}.
     * (WORKER_MAINTENANCE_INTERVAL)
     */
    public Builder maintenanceInterval(Duration value) {
      maintenanceInterval = value;
      return this;
    }

    /**
     * Unclean ends (crashes) that an event may be in flight at before it is poison, 3 or more.
     * Defaults to {@code 5}. (WORKER_MAX_DELIVERIES)
     */
    public Builder maxDeliveries(int value) {
      maxDeliveries = value;
      return this;
    }

    /**
     * Longest time that a processor may put its event off by {@code context.snooze}; a longer wish
     * is shortened to it. Defaults to {@code 30 days}. (WORKER_MAX_SNOOZE)
     */
    public Builder maxSnooze(Duration value) {
      maxSnooze = value;
      return this;
    }

    /**
     * What happens to an event whose id was used with another body: {@code dead_letter} or {@code
     * duplicate}. Defaults to {@code dead letter}. (WORKER_ID_REUSE)
     */
    public Builder idReuse(IdReuse value) {
      idReuse = value;
      return this;
    }

    /**
     * Depth above which health says degraded. Defaults to {@code 1000}.
     * (WORKER_QUEUE_DEPTH_DEGRADED)
     */
    public Builder queueDepthDegraded(int value) {
      queueDepthDegraded = value;
      return this;
    }

    /**
     * From when on health complains. Defaults to {@link HealthSettings#DEFAULTS}.
     * (WORKER_HEALTH_ERROR_RATE and others)
     */
    public Builder health(HealthSettings value) {
      health = value;
      return this;
    }

    /** How failed events are retried. Defaults to {@link RetryPolicy#defaults()}. */
    public Builder retryPolicy(RetryPolicy value) {
      retryPolicy = value;
      return this;
    }

    /** Where tools and schemas come from. Defaults to {@link ToolSettings#DEFAULTS}. */
    public Builder tools(ToolSettings value) {
      tools = value;
      return this;
    }

    /** What an entry may bring. Defaults to {@link Limits#DEFAULTS}. */
    public Builder limits(Limits value) {
      limits = value;
      return this;
    }

    /**
     * Whether an event of a tool with authentication must carry the headers that prove it. Defaults
     * to {@code when_present}. (WORKER_SIGNATURES)
     */
    public Builder signatures(SignaturePolicy value) {
      signatures = value;
      return this;
    }

    /** A file with tools, as JSON; none by default. (WORKER_TOOLS_FILE) */
    public Builder toolsFile(@Nullable Path value) {
      toolsFile = value;
      return this;
    }

    /** How webhooks are taken in. Defaults to {@link IngestSettings#DEFAULTS}. (INGEST_…) */
    public Builder ingest(IngestSettings value) {
      ingest = value;
      return this;
    }

    /**
     * What the worker does with dead letters by itself. Defaults to {@link DlqSettings#DEFAULTS}.
     * (WORKER_DLQ_MAX_RETRIES and others)
     */
    public Builder dlq(DlqSettings value) {
      dlq = value;
      return this;
    }

    /** Where Redis is. Defaults to {@code localhost:6379}. (REDIS_ADDR) */
    public Builder redis(RedisSettings value) {
      redis = value;
      return this;
    }

    /** Where Redis is, as {@code host:port} or URI. Defaults to {@code localhost:6379}. */
    public Builder redis(String address) {
      redis = RedisSettings.parse(address);
      return this;
    }

    /** Where PostgreSQL is. By default events are not stored. (DATABASE_NAME and others) */
    public Builder database(DatabaseSettings value) {
      database = value;
      return this;
    }

    /** How events are forwarded. Defaults to {@link ForwardSettings#DEFAULTS}. */
    public Builder forwarding(ForwardSettings value) {
      forwarding = value;
      return this;
    }

    /** How long what is kept. Defaults to {@link StorageSettings#DEFAULTS}. */
    public Builder storage(StorageSettings value) {
      storage = value;
      return this;
    }

    /**
     * How traces of others go on here. Defaults to {@link TraceSettings#DEFAULTS}.
     * (WORKER_TRACE_ENTRY, WORKER_TRACE_REQUEST)
     */
    public Builder traces(TraceSettings value) {
      traces = value;
      return this;
    }

    /** Which fields are encrypted; none by default. */
    public Builder encryption(EncryptionSettings value) {
      encryption = value;
      return this;
    }

    /** Where health is served; nowhere by default. (HEALTH_ENDPOINT, there {@code :8088}) */
    public Builder healthEndpoint(@Nullable InetSocketAddress value) {
      healthEndpoint = value;
      return this;
    }

    /** Level of the standalone process's log. Defaults to {@code info}. (LOG_LEVEL) */
    public Builder logLevel(String value) {
      logLevel = value;
      return this;
    }

    /** Findings to be logged at start. */
    public Builder warnings(List<String> value) {
      warnings = List.copyOf(value);
      return this;
    }

    /**
     * The configuration.
     *
     * @throws ConfigurationException naming everything that is wrong
     */
    public WorkerConfig build() {
      List<String> problems = problems();
      if (!problems.isEmpty()) {
        throw new ConfigurationException(problems);
      }
      return new WorkerConfig(copy());
    }

    /** Everything that is wrong with these settings, a sentence each. */
    public List<String> problems() {
      List<String> problems = new ArrayList<>();
      named(problems, "streamName (WORKER_STREAM)", streamName);
      named(problems, "groupName (WORKER_GROUP)", groupName);
      named(problems, "consumerName (WORKER_CONSUMER_NAME)", consumerName);
      named(problems, "idempotencyPrefix (WORKER_IDEMPOTENCY_PREFIX)", idempotencyPrefix);
      within(problems, "batchSize (WORKER_BATCH_SIZE)", batchSize, 1, 10_000);
      within(problems, "maxConcurrent (WORKER_MAX_CONCURRENT)", maxConcurrent, 1, 10_000);
      within(
          problems,
          "prefetchBytes (WORKER_PREFETCH_BYTES)",
          prefetchBytes,
          64 * 1024,
          Integer.MAX_VALUE);
      within(problems, "maxDeliveries (WORKER_MAX_DELIVERIES)", maxDeliveries, 3, 1000);
      within(
          problems,
          "queueDepthDegraded (WORKER_QUEUE_DEPTH_DEGRADED)",
          queueDepthDegraded,
          1,
          Integer.MAX_VALUE);
      within(
          problems,
          "limits.maxPayloadBytes (WORKER_MAX_PAYLOAD_BYTES)",
          limits.maxPayloadBytes(),
          1,
          512 * 1024 * 1024);
      within(problems, "limits.maxNesting (WORKER_MAX_NESTING)", limits.maxNesting(), 1, 1000);
      within(
          problems,
          "limits.maxNameLength (WORKER_MAX_NAME_LENGTH)",
          limits.maxNameLength(),
          1,
          10_000);
      within(problems, "redis.poolSize (REDIS_POOL_SIZE)", redis.poolSize(), 2, 10_000);
      longer(
          problems,
          "visibilityTimeout (WORKER_VISIBILITY_TIMEOUT)",
          visibilityTimeout,
          Duration.ofSeconds(1));
      longer(
          problems,
          "processingTimeout (WORKER_PROCESSING_TIMEOUT)",
          processingTimeout,
          Duration.ofMillis(1));
      longer(problems, "shutdownTimeout (WORKER_SHUTDOWN_TIMEOUT)", shutdownTimeout, Duration.ZERO);
      longer(
          problems,
          "idempotencyTtl (WORKER_IDEMPOTENCY_TTL)",
          idempotencyTtl,
          Duration.ofSeconds(1));
      longer(problems, "streamRetention (WORKER_STREAM_RETENTION)", streamRetention, Duration.ZERO);
      longer(
          problems,
          "maintenanceInterval (WORKER_MAINTENANCE_INTERVAL)",
          maintenanceInterval,
          Duration.ofMillis(100));
      longer(problems, "blockTimeout (WORKER_BLOCK_TIMEOUT)", blockTimeout, Duration.ofMillis(1));
      longer(problems, "maxSnooze (WORKER_MAX_SNOOZE)", maxSnooze, Duration.ofSeconds(1));
      if (blockTimeout.compareTo(redis.timeout()) >= 0) {
        problems.add(
            "blockTimeout (WORKER_BLOCK_TIMEOUT) is "
                + Durations.format(blockTimeout)
                + "; it must be shorter than the Redis timeout (REDIS_TIMEOUT), "
                + Durations.format(redis.timeout()));
      }
      return problems;
    }

    private static void named(List<String> problems, String setting, String value) {
      if (value.isBlank() || value.length() > 200 || value.chars().anyMatch(c -> c < ' ')) {
        problems.add(setting + " must be 1 to 200 printable characters");
      }
    }

    private static void within(
        List<String> problems, String setting, int value, int least, int most) {
      if (value < least || value > most) {
        problems.add(setting + " is " + value + "; it must be from " + least + " to " + most);
      }
    }

    private static void longer(
        List<String> problems, String setting, Duration value, Duration least) {
      if (value.compareTo(least) < 0) {
        problems.add(
            setting
                + " is "
                + Durations.format(value)
                + "; it must be at least "
                + Durations.format(least));
      } else if (value.compareTo(LONGEST) > 0) {
        problems.add(
            setting
                + " is "
                + Durations.format(value)
                + "; it must be at most "
                + Durations.format(LONGEST));
      }
    }
  }
}
