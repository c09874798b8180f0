package dev.webhookworker.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.webhookworker.DatabaseSettings;
import dev.webhookworker.port.PoolFigures;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * A pool, the worker's own or the host's, and the schema in it.
 *
 * @param own whether the worker made the pool and closes it
 */
record Database(DataSource dataSource, boolean own, DatabaseSettings settings)
    implements AutoCloseable {

  private static final long CONNECT_MILLIS = 3_000;

  static Database connect(DatabaseSettings settings) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("webhook-worker");
    config.setJdbcUrl(
        "jdbc:postgresql://"
            + settings.host()
            + ":"
            + settings.port()
            + "/"
            + java.net.URLEncoder.encode(settings.name(), java.nio.charset.StandardCharsets.UTF_8));
    config.setUsername(settings.user());
    if (settings.password() != null) {
      config.setPassword(settings.password().reveal());
    }
    config.setMaximumPoolSize(settings.poolSize());
    config.setMinimumIdle(Math.min(2, settings.poolSize()));
    config.setConnectionTimeout(CONNECT_MILLIS);
    config.setValidationTimeout(1_000);
    config.setInitializationFailTimeout(-1);
    config.addDataSourceProperty("sslmode", settings.sslMode());
    config.addDataSourceProperty("ApplicationName", "webhook-worker");
    config.addDataSourceProperty("connectTimeout", "3");
    config.addDataSourceProperty("socketTimeout", "30");
    config.addDataSourceProperty("tcpKeepAlive", "true");
    // A driver's message may quote the row; the server's detail does.
    config.addDataSourceProperty("logServerErrorDetail", "false");
    return new Database(new HikariDataSource(config), true, settings);
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
