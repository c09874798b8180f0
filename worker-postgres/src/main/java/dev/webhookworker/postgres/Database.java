package dev.webhookworker.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.util.Credentials;
import dev.webhookworker.DatabaseSettings;
import dev.webhookworker.Secret;
import dev.webhookworker.port.PoolFigures;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A pool, the worker's own or the host's, and the schema in it. Each kind of work has its own limit
 * for how long an answer of the server may take: the pool's for short calls, {@link #BULK_LIMIT}
 * for housekeeping, none for migrations; what a handler does is limited by its run.
 *
 * @param own whether the worker made the pool and closes it
 */
record Database(DataSource dataSource, boolean own, DatabaseSettings settings)
    implements AutoCloseable {

  /** For an answer to a short call. */
  static final Duration CALL_LIMIT = Duration.ofSeconds(30);

  /** For an answer to a statement of housekeeping, erasure, verification or rotation. */
  static final Duration BULK_LIMIT = Duration.ofHours(1);

  private static final long CONNECT_MILLIS = 3_000;

  static Database connect(DatabaseSettings settings) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("webhook-worker");
    config.setJdbcUrl(url(settings));
    // Asked for each new connection: a password in a file may have been rotated.
    config.setCredentialsProvider(() -> Credentials.of(settings.user(), password(settings)));
    config.setMaximumPoolSize(settings.poolSize());
    config.setMinimumIdle(Math.min(2, settings.poolSize()));
    config.setConnectionTimeout(CONNECT_MILLIS);
    config.setValidationTimeout(1_000);
    config.setInitializationFailTimeout(-1);
    config.addDataSourceProperty("sslmode", settings.sslMode());
    config.addDataSourceProperty("ApplicationName", "webhook-worker");
    config.addDataSourceProperty("connectTimeout", "3");
    config.addDataSourceProperty("socketTimeout", Long.toString(CALL_LIMIT.toSeconds()));
    config.addDataSourceProperty("tcpKeepAlive", "true");
    // A driver's message may quote the row; the server's detail does.
    config.addDataSourceProperty("logServerErrorDetail", "false");
    if (settings.pooler()) {
      // A prepared statement lives on a server connection that the next transaction may not get.
      config.addDataSourceProperty("prepareThreshold", "0");
    }
    return new Database(new HikariDataSource(config), true, settings);
  }

  private static String url(DatabaseSettings settings) {
    return "jdbc:postgresql://"
        + settings.host()
        + ":"
        + settings.port()
        + "/"
        + URLEncoder.encode(settings.name(), StandardCharsets.UTF_8);
  }

  private static @Nullable String password(DatabaseSettings settings) {
    Secret password = settings.password();
    return password == null ? null : password.reveal();
  }

  /** Connections whose statements may take as long as they need, for migrations. */
  DataSource patient() {
    if (!own) {
      return dataSource;
    }
    PGSimpleDataSource patient = new PGSimpleDataSource();
    patient.setURL(url(settings));
    patient.setUser(settings.user());
    patient.setPassword(password(settings));
    patient.setSslMode(settings.sslMode());
    patient.setApplicationName("webhook-worker");
    patient.setConnectTimeout(3);
    patient.setSocketTimeout(0);
    patient.setTcpKeepAlive(true);
    patient.setLogServerErrorDetail(false);
    return patient;
  }

  /** Uses a connection for one question, or for steps that stand alone. */
  <T, X extends Exception> T use(Transactions.Work<T, X> work) throws SQLException, X {
    try (Connection connection = dataSource.getConnection()) {
      try {
        return work.in(connection);
      } catch (SQLException failed) {
        giveUpIfServerChanged(connection, failed);
        throw failed;
      }
    }
  }

  /** One transaction on a connection of its own. */
  <T, X extends Exception> T transaction(Transactions.Work<T, X> work) throws SQLException, X {
    return use(connection -> Transactions.run(connection, work));
  }

  /** Like {@link #use}, for work whose statements may take long. */
  <T, X extends Exception> T bulk(Transactions.Work<T, X> work) throws SQLException, X {
    return use(
        connection -> {
          int usual = connection.getNetworkTimeout();
          if (usual != 0) {
            limit(connection, Math.toIntExact(BULK_LIMIT.toMillis()));
          }
          try {
            return work.in(connection);
          } finally {
            limit(connection, usual);
          }
        });
  }

  /** How long the connection waits for an answer; 0 for as long as it takes. */
  static void limit(Connection connection, int millis) throws SQLException {
    if (!connection.isClosed()) {
      connection.setNetworkTimeout(Runnable::run, millis);
    }
  }

  /**
   * A server that answers and takes no writes is not the primary any more, and one that is shut
   * down won't be: none of the pool's connections to it is of use, however well it answers. The
   * next ones go to whatever the name points to by then.
   */
  void giveUpIfServerChanged(Connection connection, SQLException failed) {
    if (!SqlTrouble.serverChanged(failed)) {
      return;
    }
    if (dataSource instanceof HikariDataSource pool) {
      pool.evictConnection(connection);
      Optional.ofNullable(pool.getHikariPoolMXBean())
          .ifPresent(HikariPoolMXBean::softEvictConnections);
    } else {
      abort(connection);
    }
  }

  /** Ends a connection that somebody is using and may never give back. */
  void giveUp(Connection connection) {
    abort(connection);
    if (dataSource instanceof HikariDataSource pool) {
      // Its place in the pool is free for another.
      pool.evictConnection(connection);
    }
  }

  private static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException unwilling) {
      // The host's pool finds out by itself.
      return;
    }
  }

  String table(String name) {
    return settings.schema() + "." + name;
  }

  /** The figures of its own pool, once it is open. */
  Optional<PoolFigures> pool() {
    if (!own || !(dataSource instanceof HikariDataSource pool)) {
      return Optional.empty();
    }
    return Optional.ofNullable(pool.getHikariPoolMXBean())
        .map(
            now ->
                new PoolFigures(
                    "database",
                    now.getActiveConnections(),
                    now.getIdleConnections(),
                    now.getThreadsAwaitingConnection(),
                    pool.getMaximumPoolSize()));
  }

  /** HikariCP's own binder; its meters go with the pool. */
  void measurePool(Object registry) {
    if (own && dataSource instanceof HikariDataSource pool) {
      pool.setMetricRegistry(registry);
    }
  }

  @Override
  public void close() {
    if (own && dataSource instanceof HikariDataSource pool) {
      pool.close();
    }
  }
}
