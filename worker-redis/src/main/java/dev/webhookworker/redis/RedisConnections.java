package dev.webhookworker.redis;

import dev.webhookworker.RedisSettings;
import dev.webhookworker.Secret;
import dev.webhookworker.port.PoolFigures;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.retry.Redaction;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultRedisCredentials;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.Pool;

/**
 * Connections to one Redis: a pool for everything, and for the fetch thread one of its own, whose
 * blocking read must not be waited for. Thread-safe but for the calls on the fetch thread's.
 */
final class RedisConnections implements AutoCloseable {

  private final Pool<Connection> pool;
  private final boolean ownPool;
  private final String address;
  private final @Nullable FetchConnectionSource source;

  // Set before the first read.
  private volatile Greeting greeting = connection -> {};

  // Used by the fetch thread, closed by close().
  private volatile @Nullable Connection fetching;

  private record FetchConnectionSource(
      HostAndPort host, JedisClientConfig config, Secret password) {}

  /** What is done first on a new connection of the fetch thread. */
  interface Greeting {
    void greet(Connection connection);
  }

  private RedisConnections(
      Pool<Connection> pool,
      boolean ownPool,
      String address,
      @Nullable FetchConnectionSource source) {
    this.pool = pool;
    this.ownPool = ownPool;
    this.address = address;
    this.source = source;
  }

  static RedisConnections to(RedisSettings settings) {
    HostAndPort host = new HostAndPort(settings.host(), settings.port());
    int timeout = Math.toIntExact(settings.timeout().toMillis());
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .connectionTimeoutMillis(timeout)
            .socketTimeoutMillis(timeout)
            .database(settings.database())
            .protocol(RedisProtocol.RESP2)
            // A user without dangerous commands may not say who it is.
            .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
    if (settings.tls()) {
      config.sslOptions(SslOptions.defaults());
    }
    Secret password = settings.password();
    if (password != null) {
      // Asked for each connection: the file of a password may have another one by then.
      config.credentialsProvider(
          () -> new DefaultRedisCredentials(settings.username(), password.reveal()));
    } else if (settings.username() != null) {
      config.user(settings.username());
    }
    ConnectionPoolConfig poolConfig = new ConnectionPoolConfig();
    poolConfig.setMaxTotal(settings.poolSize());
    poolConfig.setMaxIdle(settings.poolSize());
    poolConfig.setMaxWait(settings.timeout());
    poolConfig.setTestWhileIdle(true);
    poolConfig.setTimeBetweenEvictionRuns(Duration.ofSeconds(30));
    // Its figures are metrics; starting the platform's MBean server takes a tenth of a second.
    poolConfig.setJmxEnabled(false);
    JedisClientConfig client = config.build();
    return new RedisConnections(
        new ConnectionPool(host, client, poolConfig),
        true,
        settings.address(),
        new FetchConnectionSource(
            host, client, Objects.requireNonNullElse(settings.password(), Secret.of(""))));
  }

  /** Connections of a host's client; its pool is never closed. */
  static RedisConnections of(Pool<Connection> hostPool) {
    return new RedisConnections(hostPool, false, "the host's client", null);
  }

  /** Runs one command, which may be repeated, on a pooled connection. */
  @Nullable Object run(Command command) throws StreamUnavailableException {
    return run(List.of(command)).get(0);
  }

  /** Runs commands, which may be repeated, in one pipeline; the first error reply is thrown. */
  List<Object> run(List<Command> commands) throws StreamUnavailableException {
    try {
      return onPooled(commands);
    } catch (JedisConnectionException stale) {
      // A restarted server leaves the pool full of dead connections: one more try with a new one.
      if (ownPool) {
        pool.clear();
      }
    } catch (JedisException failure) {
      throw unavailable(failure);
    }
    try {
      return onPooled(commands);
    } catch (JedisException failure) {
      throw unavailable(failure);
    }
  }

  void greetWith(Greeting onNewConnection) {
    greeting = onNewConnection;
  }

  private List<Object> onPooled(List<Command> commands) {
    try (Connection connection = pool.getResource()) {
      return pipeline(connection, commands);
    }
  }

  /** Runs commands in one pipeline on the fetch thread's own connection. */
  List<Object> runOnFetchConnection(List<Command> commands) throws StreamUnavailableException {
    try {
      return pipeline(fetchConnection(), commands);
    } catch (JedisException failure) {
      if (!(failure instanceof JedisDataException)) {
        giveUpFetchConnection();
      }
      throw unavailable(failure);
    } catch (OutOfMemoryError tooLarge) {
      throw doesNotFit(tooLarge);
    }
  }

  /** The connection is given up, so what the reply brought is asked for again, in small parts. */
  StreamUnavailableException doesNotFit(OutOfMemoryError tooLarge) {
    giveUpFetchConnection();
    return new StreamUnavailableException(
        "Redis at "
            + address
            + ": a reply does not fit into the heap; the entries are asked for again, in small"
            + " parts. Give the process more memory, or lower WORKER_BATCH_SIZE",
        tooLarge);
  }

  /** A conversation on the fetch thread's own connection; nothing else may use it until its end. */
  FetchPipeline fetchPipeline() throws StreamUnavailableException {
    try {
      return new FetchPipeline(this, fetchConnection());
    } catch (JedisException failure) {
      throw unavailable(failure);
    }
  }

  private Connection fetchConnection() {
    Connection connection = fetching;
    if (connection == null || connection.isBroken()) {
      giveUpFetchConnection();
      connection = open();
      fetching = connection;
      try {
        greeting.greet(connection);
      } catch (JedisException failure) {
        giveUpFetchConnection();
        throw failure;
      }
    }
    return connection;
  }

  private Connection open() {
    return source == null
        ? pool.getResource()
        : new FlushableConnection(source.host(), source.config());
  }

  static List<Object> pipeline(Connection connection, List<Command> commands) {
    try {
      return conversation(connection, commands);
    } catch (JedisDataException answered) {
      throw answered;
    } catch (Throwable inTheMiddle) {
      // Its next reader would take the rest of these replies for its own.
      connection.setBroken();
      throw inTheMiddle;
    }
  }

  private static List<Object> conversation(Connection connection, List<Command> commands) {
    send(connection, commands);
    List<Object> replies = connection.getMany(commands.size());
    Optional<JedisDataException> refused = firstError(replies);
    if (refused.isPresent() && isMissingScript(refused.get())) {
      // After a restart or SCRIPT FLUSH. Every command may be repeated, so all of them are.
      for (Script script : Script.values()) {
        connection.sendCommand(
            Protocol.Command.SCRIPT, Command.bytes("LOAD"), Command.bytes(script.source()));
      }
      connection.getMany(Script.values().length);
      send(connection, commands);
      replies = connection.getMany(commands.size());
      refused = firstError(replies);
    }
    if (refused.isPresent()) {
      if (refusal(refused.get()).givesUpConnections()) {
        // So that a pool of the host's does not lend it again.
        connection.setBroken();
      }
      throw refused.get();
    }
    return replies;
  }

  static Refusal refusal(JedisException failure) {
    return failure instanceof JedisDataException
        ? Refusal.of(String.valueOf(failure.getMessage()))
        : Refusal.OTHER;
  }

  static void send(Connection connection, List<Command> commands) {
    for (Command command : commands) {
      connection.sendCommand(command.name(), command.arguments());
    }
  }

  private static boolean isMissingScript(JedisDataException error) {
    return refusal(error) == Refusal.NOSCRIPT;
  }

  /** The figures of its own pool. */
  Optional<PoolFigures> figures() {
    return ownPool
        ? Optional.of(
            new PoolFigures(
                "redis",
                pool.getNumActive(),
                pool.getNumIdle(),
                pool.getNumWaiters(),
                pool.getMaxTotal()))
        : Optional.empty();
  }

  static Optional<JedisDataException> firstError(List<Object> replies) {
    for (Object reply : replies) {
      if (reply instanceof JedisDataException error) {
        return Optional.of(error);
      }
    }
    return Optional.empty();
  }

  StreamUnavailableException unavailable(JedisException failure) {
    Throwable root = rootOf(failure);
    String told = String.valueOf(root.getMessage());
    // A server that does not know AUTH quotes what came with it.
    String hidden = source == null ? told : source.password().hideIn(told);
    boolean quoted = !hidden.equals(told);
    String message = quoted ? Redaction.redact(hidden) : Redaction.messageOf(root);
    Refusal refusal = refusedConnecting(failure) ? Refusal.of(told) : refusal(failure);
    if (refusal.givesUpConnections()) {
      // The name may point to another server by now, or other credentials be right.
      giveUpFetchConnection();
      if (ownPool) {
        pool.clear();
      }
    }
    return new StreamUnavailableException(
        "Redis at " + address + ": " + refusal.told() + message,
        quoted ? null : failure,
        refusal.groupMissing());
  }

  /** A pool that can't make a connection says so, and the server's refusal is the cause. */
  private static boolean refusedConnecting(JedisException failure) {
    return !(failure instanceof JedisDataException)
        && rootOf(failure) instanceof JedisDataException;
  }

  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root;
  }

  /** In the middle of a conversation, or because it is no good: nobody else may have it. */
  void giveUpFetchConnection() {
    Connection connection = fetching;
    if (connection != null) {
      connection.setBroken();
    }
    closeFetchConnection();
  }

  private void closeFetchConnection() {
    Connection connection = fetching;
    fetching = null;
    if (connection != null) {
      try {
        connection.close();
      } catch (JedisException alreadyBroken) {
        // Nothing is lost: the connection is given up because it does not work.
        connection.setBroken();
      }
    }
  }

  @Override
  public void close() {
    closeFetchConnection();
    if (ownPool) {
      pool.close();
    }
  }
}
