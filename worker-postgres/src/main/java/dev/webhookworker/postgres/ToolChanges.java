package dev.webhookworker.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for changes of tools on a connection of its own, and connects again when it is lost. What
 * was missed meanwhile is covered by {@code onReconnect} and by the cache's time.
 */
final class ToolChanges implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ToolChanges.class);
  private static final int WAIT_MILLIS = 5_000;
  private static final long PAUSE_MILLIS = 2_000;

  private final Database database;
  private final Consumer<String> onChange;
  private final Runnable onConnect;
  private volatile boolean listening;
  private volatile boolean closed;

  // Guarded by this.
  private @Nullable Thread thread;

  ToolChanges(Database database, Consumer<String> onChange, Runnable onConnect) {
    this.database = database;
    this.onChange = onChange;
    this.onConnect = onConnect;
  }

  /** Starts listening; later calls do nothing. */
  synchronized void start() {
    if (thread == null && !closed) {
      Thread started = new Thread(this::run, "worker-tool-changes");
      started.setDaemon(true);
      started.start();
      thread = started;
    }
  }

  boolean isListening() {
    return listening;
  }

  private void run() {
    while (!closed) {
      try (Connection connection = database.dataSource().getConnection()) {
        listen(connection);
      } catch (SQLException away) {
        LOG.atDebug()
            .addKeyValue("problem", SqlTrouble.message(away))
            .log("Changes of tools are not heard of; they are seen after their time in the cache");
      } finally {
        listening = false;
      }
      pause();
    }
  }

  private void listen(Connection connection) throws SQLException {
    PGConnection postgres = connection.unwrap(PGConnection.class);
    try (Statement statement = connection.createStatement()) {
      statement.execute("LISTEN webhook_tools");
      onConnect.run();
      listening = true;
      String ours = database.settings().schema() + ":";
      while (!closed) {
        for (PGNotification change : postgres.getNotifications(WAIT_MILLIS)) {
          if (change.getParameter().startsWith(ours)) {
            onChange.accept(change.getParameter().substring(ours.length()));
          }
        }
      }
      statement.execute("UNLISTEN webhook_tools");
    }
  }

  private void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(closed ? 0 : PAUSE_MILLIS);
    } catch (InterruptedException stop) {
      closed = true;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (thread != null) {
      thread.interrupt();
    }
  }
}
