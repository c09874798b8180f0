package dev.webhookworker.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
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
  private static final int PROBE_MILLIS = 100;
  private static final long PAUSE_MILLIS = 2_000;
  private static final long DEAF_PAUSE_MILLIS = 60_000;

  private final Database database;
  private final Consumer<String> onChange;
  private final Runnable onConnect;
  private volatile boolean listening;
  private volatile boolean closed;

  // Written by the listening thread.
  private volatile boolean toldDeaf;

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

  /** Whether it was found out that nothing is heard here. */
  boolean isKnownToBeDeaf() {
    return toldDeaf;
  }

  private void run() {
    while (!closed) {
      try {
        database.use(this::listen);
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

  private boolean listen(Connection connection) throws SQLException {
    if (database.settings().pooler()) {
      tellDeaf();
      return false;
    }
    PGConnection postgres = connection.unwrap(PGConnection.class);
    try (Statement statement = connection.createStatement()) {
      statement.execute("LISTEN webhook_tools");
      if (!hears(postgres)) {
        return false;
      }
      onConnect.run();
      listening = true;
      while (!closed) {
        for (PGNotification change : postgres.getNotifications(WAIT_MILLIS)) {
          heard(change);
        }
      }
      statement.execute("UNLISTEN webhook_tools");
      return true;
    }
  }

  /**
   * Behind a pooler it is another session that listens, and nobody would notice: so it has to hear
   * a word that is said on another connection.
   */
  private boolean hears(PGConnection postgres) throws SQLException {
    String word = ours() + ":" + UUID.randomUUID();
    database.use(
        other -> {
          try (PreparedStatement notify =
              other.prepareStatement("SELECT pg_notify('webhook_tools', ?)")) {
            notify.setString(1, word);
            return notify.execute();
          }
        });
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);
    boolean heard = false;
    while (!heard && System.nanoTime() - end < 0) {
      for (PGNotification change : postgres.getNotifications(PROBE_MILLIS)) {
        heard |= change.getParameter().equals(word);
        heard(change);
      }
    }
    if (!heard) {
      tellDeaf();
    }
    return heard;
  }

  private void tellDeaf() {
    if (!toldDeaf) {
      toldDeaf = true;
      LOG.atInfo().log(
          "LISTEN hears nothing through this connection (a pooler?): changes of tools are seen"
              + " after 10 s at most");
    }
  }

  private String ours() {
    return database.settings().schema() + ":";
  }

  private void heard(PGNotification change) {
    if (change.getParameter().startsWith(ours())) {
      onChange.accept(change.getParameter().substring(ours().length()));
    }
  }

  private void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(closed ? 0 : toldDeaf ? DEAF_PAUSE_MILLIS : PAUSE_MILLIS);
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
