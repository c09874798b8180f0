package dev.webhookworker.config;

import dev.webhookworker.ConfigOrigin;
import dev.webhookworker.ConfigurationException;
import dev.webhookworker.DatabaseSettings;
import dev.webhookworker.IdReuse;
import dev.webhookworker.Limits;
import dev.webhookworker.RetryPolicy;
import dev.webhookworker.Secret;
import dev.webhookworker.SignaturePolicy;
import dev.webhookworker.WorkerConfig;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes a configuration of environment variables; knows every variable's name. */
public final class WorkerConfigReader {

  private static final int DEFAULT_HEALTH_PORT = 8088;
  private static final int DEFAULT_DATABASE_PORT = 5432;
  private static final Set<String> LEVELS = Set.of("error", "warn", "info", "debug", "trace");
  private static final Set<String> SSL_MODES =
      Set.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

  private final Environment environment;
  private final WorkerConfig.Builder config = WorkerConfig.builder();
  private final List<String> problems = new ArrayList<>();

  private WorkerConfigReader(Map<String, String> variables) {
    environment = new Environment(variables);
    config.consumerName(HostName.of(variables));
  }

  /**
   * @throws ConfigurationException naming everything that is wrong
   */
  public static WorkerConfig read(Map<String, String> variables) {
    return new WorkerConfigReader(variables).read();
  }

  /** The names of all variables that are read. */
  static Set<String> variables() {
    WorkerConfigReader reader = new WorkerConfigReader(Map.of());
    reader.read();
    return reader.environment.known();
  }

  private WorkerConfig read() {
    readWorker();
    readRetryPolicy();
    readLimits();
    config.health(HealthSettingsReader.read(environment));
    config.dlq(DlqSettingsReader.read(environment, problems));
    config.tools(ToolSettingsReader.read(environment));
    config.ops(OpsSettingsReader.read(environment, problems));
    new RedisSettingsReader(environment).read(config);
    readDatabase();
    StorageReader.read(environment, config);
    config.traces(TraceSettingsReader.read(environment));
    ForwardSettingsReader.read(environment, config);
    EncryptionReader.read(environment, config, problems);
    readEndpoints();
    problems.addAll(0, environment.problems());
    problems.addAll(config.problems());
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    WorkerConfig read = config.warnings(environment.warnings()).build();
    return read.toBuilder()
        .origin(new ConfigOrigin(environment.origins(), SettingValues.of(read)))
        .build();
  }

  private void readWorker() {
    environment.read("WORKER_STREAM", Function.identity(), config::streamName);
    environment.read("WORKER_GROUP", Function.identity(), config::groupName);
    environment.read("WORKER_IDEMPOTENCY_PREFIX", Function.identity(), config::idempotencyPrefix);
    environment.read("WORKER_CONSUMER_NAME", Function.identity(), config::consumerName);
    environment.read("WORKER_BATCH_SIZE", Environment::integer, config::batchSize);
    environment.read("WORKER_MAX_CONCURRENT", Environment::integer, config::maxConcurrent);
    environment.read("WORKER_PREFETCH_BYTES", Environment::bytes, config::prefetchBytes);
    environment.read("WORKER_VISIBILITY_TIMEOUT", Environment::duration, config::visibilityTimeout);
    environment.read("WORKER_PROCESSING_TIMEOUT", Environment::duration, config::processingTimeout);
    environment.read("WORKER_SHUTDOWN_TIMEOUT", Environment::duration, config::shutdownTimeout);
    environment.read("WORKER_BLOCK_TIMEOUT", Environment::duration, config::blockTimeout);
    environment.read("WORKER_IDEMPOTENCY_TTL", Environment::duration, config::idempotencyTtl);
    environment.read("WORKER_STREAM_RETENTION", Environment::duration, config::streamRetention);
    environment.read(
        "WORKER_MAINTENANCE_INTERVAL", Environment::duration, config::maintenanceInterval);
    environment.read("WORKER_MAX_DELIVERIES", Environment::integer, config::maxDeliveries);
    environment.read("WORKER_MAX_SNOOZE", Environment::duration, config::maxSnooze);
    environment.read("WORKER_ID_REUSE", WorkerConfigReader::idReuse, config::idReuse);
    environment.read("WORKER_SIGNATURES", WorkerConfigReader::signaturePolicy, config::signatures);
    environment.read(
        "WORKER_QUEUE_DEPTH_DEGRADED", Environment::integer, config::queueDepthDegraded);
  }

  private void readRetryPolicy() {
    RetryPolicy[] policy = {RetryPolicy.defaults()};
    environment.read(
        "WORKER_MAX_RETRIES", Environment::integer, v -> policy[0] = policy[0].withMaxRetries(v));
    RetryPolicy[] intervals = {RetryPolicy.defaults()};
    environment.read(
        "WORKER_RETRY_MAX_INTERVAL",
        Environment::duration,
        v -> intervals[0] = intervals[0].withIntervals(shorter(v, intervals[0]), v));
    environment.read(
        "WORKER_RETRY_INITIAL_INTERVAL",
        Environment::duration,
        v -> intervals[0] = intervals[0].withIntervals(v, intervals[0].maxInterval()));
    environment.read(
        "WORKER_RETRY_MULTIPLIER",
        Environment::decimal,
        v -> policy[0] = policy[0].withMultiplier(v));
    environment.read(
        "WORKER_RETRY_MAX_ELAPSED_TIME",
        Environment::duration,
        v -> policy[0] = policy[0].withMaxElapsedTime(v));
    environment.read(
        "WORKER_RETRY_JITTER", Environment::flag, v -> policy[0] = policy[0].withFullJitter(v));
    environment.read(
        "WORKER_RETRY_AFTER_LIMIT",
        Environment::duration,
        v -> policy[0] = policy[0].withRetryAfterLimit(v));
    config.retryPolicy(
        policy[0].withIntervals(intervals[0].initialInterval(), intervals[0].maxInterval()));
  }

  /** A longest interval below the default first one shortens that as well. */
  private static java.time.Duration shorter(java.time.Duration max, RetryPolicy policy) {
    return max.compareTo(policy.initialInterval()) < 0 ? max : policy.initialInterval();
  }

  private void readLimits() {
    int[] limits = {
      Limits.DEFAULTS.maxPayloadBytes(),
      Limits.DEFAULTS.maxNesting(),
      Limits.DEFAULTS.maxNameLength()
    };
    environment.read("WORKER_MAX_PAYLOAD_BYTES", Environment::bytes, v -> limits[0] = v);
    environment.read("WORKER_MAX_NESTING", Environment::integer, v -> limits[1] = v);
    environment.read("WORKER_MAX_NAME_LENGTH", Environment::integer, v -> limits[2] = v);
    config.limits(new Limits(limits[0], limits[1], limits[2]));
  }

  private void readDatabase() {
    DatabaseAddress[] addresses = {DatabaseAddress.NONE, DatabaseAddress.NONE};
    environment.readHidden("DATABASE_URL", DatabaseAddress::ofUrl, v -> addresses[0] = v);
    environment.readHidden("DATABASE_HOST", DatabaseAddress::ofHost, v -> addresses[1] = v);
    DatabaseAddress url = addresses[0];
    DatabaseAddress place = addresses[1].host().isEmpty() ? url : addresses[1];
    Optional<String> name = environment.text("DATABASE_NAME").or(() -> given(url.name()));
    Optional<String> user = environment.text("DATABASE_USER").or(() -> given(url.user()));
    String host = given(place.host()).orElse("localhost");
    int[] numbers = {place.port() < 0 ? DEFAULT_DATABASE_PORT : place.port(), 10};
    environment.read("DATABASE_PORT", RedisSettingsReader::port, v -> numbers[0] = v);
    environment.read("DATABASE_POOL_SIZE", Environment::integer, v -> numbers[1] = v);
    Optional<Secret> password =
        environment.secret("DATABASE_PASSWORD").or(() -> given(url.password()).map(Secret::of));
    String[] texts = {given(url.sslMode()).orElse("prefer"), "worker"};
    environment.read("DATABASE_SSL_MODE", text -> oneOf(text, SSL_MODES), v -> texts[0] = v);
    environment.read("DATABASE_SCHEMA", WorkerConfigReader::identifier, v -> texts[1] = v);
    boolean[] flags = {true, false, false};
    environment.read("DATABASE_POOLER", WorkerConfigReader::pooler, v -> flags[2] = v);
    environment.read("DATABASE_MIGRATE", Environment::flag, v -> flags[0] = v);
    environment.read("WORKER_TRANSACTIONAL_INBOX", Environment::flag, v -> flags[1] = v);
    if (name.isEmpty() && user.isEmpty()) {
      return;
    }
    if (numbers[0] < 1 || numbers[0] > 65535 || numbers[1] < 2) {
      problems.add("DATABASE_PORT must be from 1 to 65535 and DATABASE_POOL_SIZE at least 2");
    }
    String role = user.orElse(name.orElse("postgres"));
    config.database(
        new DatabaseSettings(
            host,
            numbers[0],
            name.orElse(role),
            role,
            password.orElse(null),
            texts[0],
            numbers[1],
            texts[1],
            flags[0],
            flags[1],
            flags[2]));
  }

  private static Optional<String> given(@Nullable String text) {
    return Optional.ofNullable(text).filter(one -> !one.isEmpty());
  }

  /** A pooler that keeps a session for a client is none that anything has to know of. */
  static boolean pooler(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "none", "session" -> false;
      case "transaction" -> true;
      default -> throw new IllegalArgumentException("expected none, session or transaction");
    };
  }

  private void readEndpoints() {
    config.healthEndpoint(new InetSocketAddress(DEFAULT_HEALTH_PORT));
    environment.read(
        "HEALTH_ENDPOINT",
        WorkerConfigReader::endpoint,
        v -> config.healthEndpoint(v.orElse(null)));
    new IngestSettingsReader(environment).read(config);
    environment.read("LOG_LEVEL", text -> oneOf(text, LEVELS), config::logLevel);
  }

  static IdReuse idReuse(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "dead_letter" -> IdReuse.DEAD_LETTER;
      case "duplicate" -> IdReuse.DUPLICATE;
      default -> throw new IllegalArgumentException("expected dead_letter or duplicate");
    };
  }

  private static SignaturePolicy signaturePolicy(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "off" -> SignaturePolicy.OFF;
      case "when_present" -> SignaturePolicy.WHEN_PRESENT;
      case "required" -> SignaturePolicy.REQUIRED;
      default -> throw new IllegalArgumentException("expected when_present, required or off");
    };
  }

  private static String oneOf(String text, Set<String> allowed) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (!allowed.contains(lower)) {
      throw new IllegalArgumentException("expected one of " + allowed.stream().sorted().toList());
    }
    return lower;
  }

  private static String identifier(String text) {
    if (!text.matches("[a-z_][a-z0-9_]{0,62}")) {
      throw new IllegalArgumentException(
          "expected a PostgreSQL identifier of lower-case letters, digits and _");
    }
    return text;
  }

  static Optional<InetSocketAddress> endpoint(String text) {
    if (text.equalsIgnoreCase("off")) {
      return Optional.empty();
    }
    int colon = text.lastIndexOf(':');
    String expected = "expected :port, host:port or off";
    if (colon < 0) {
      throw new IllegalArgumentException(expected);
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      String host = text.substring(0, colon).replaceAll("^\\[|\\]$", "");
      return Optional.of(
          host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port));
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(expected, wrong);
    }
  }
}
