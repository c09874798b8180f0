package dev.webhookworker.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server from Maven artifacts on a port and a data folder of its own. For one thread.
 */
public final class EmbeddedPostgresServer implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /** A server that Ctrl-C ended while it was starting is awaited in vain, by somebody impatient. */
  private static final Duration INTERRUPTED_START_LIMIT = Duration.ofSeconds(20);

  private final TemporaryFolder folder = TemporaryFolder.make("worker-postgres");
  private @Nullable EmbeddedPostgres server;
  private int port;

  private final boolean endsWithThisProcess;

  private EmbeddedPostgresServer(boolean endsWithThisProcess) {
    this.endsWithThisProcess = endsWithThisProcess;
  }

  /** Starts a server on a free port. */
  public static EmbeddedPostgresServer start() {
    return start(true);
  }

  /**
   * Starts a server that only {@link #close()} ends, not this process's exit: for a program that
   * has something to finish on PostgreSQL before it goes.
   */
  public static EmbeddedPostgresServer startOutliving() {
    return start(false);
  }

  private static EmbeddedPostgresServer start(boolean endsWithThisProcess) {
    EmbeddedPostgresServer postgres = new EmbeddedPostgresServer(endsWithThisProcess);
    try {
      postgres.restart();
      return postgres;
    } catch (RuntimeException notStarted) {
      postgres.folder.delete();
      throw notStarted;
    }
  }

  /** Starts the server again on its port and its data. */
  public void restart() {
    stop();
    try {
      EmbeddedPostgres started =
          EmbeddedPostgres.builder()
              .setDataDirectory(dataFolder())
              .setCleanDataDirectory(false)
              .setPort(port)
              .setRegisterShutdownHook(endsWithThisProcess)
              .setPGStartupWait(endsWithThisProcess ? START_LIMIT : INTERRUPTED_START_LIMIT)
              .setServerConfig("max_connections", "100")
              .setServerConfig("shared_buffers", "128MB")
              .start();
      server = started;
      port = started.getPort();
    } catch (IOException notStarted) {
      throw new UncheckedIOException(notStarted);
    }
  }

  /** Stops the server; its data stay. */
  public void stop() {
    EmbeddedPostgres running = server;
    server = null;
    if (running != null) {
      try {
        running.close();
      } catch (IOException notStopped) {
        throw new UncheckedIOException(notStopped);
      }
    }
  }

  /** Freezes the server with all its processes (SIGSTOP). */
  public void freeze() {
    Signals.freeze(handle());
  }

  /** Lets a frozen server go on. */
  public void thaw() {
    Signals.thaw(handle());
  }

  private ProcessHandle handle() {
    Path pidFile = dataFolder().resolve("postmaster.pid");
    try {
      long pid = Long.parseLong(Files.readAllLines(pidFile).get(0).trim());
      return ProcessHandle.of(pid).orElseThrow();
    } catch (IOException notRunning) {
      throw new UncheckedIOException(notRunning);
    }
  }

  /** Everything that it keeps on disk, the write-ahead log too. */
  public Path dataFolder() {
    return folder.path().resolve("data");
  }

  public String host() {
    return "127.0.0.1";
  }

  public int port() {
    return port;
  }

  public String database() {
    return "postgres";
  }

  public String user() {
    return "postgres";
  }

  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
  }

  @Override
  public void close() {
    stop();
    folder.delete();
  }
}
