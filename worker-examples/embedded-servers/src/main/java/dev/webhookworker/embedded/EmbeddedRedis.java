package dev.webhookworker.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/**
 * A Redis server on a port and a folder of its own, with an append-only file. The server is the one
 * in the Maven artifact (6.2), or the one that WORKER_TEST_REDIS_SERVER names. For one thread.
 */
public final class EmbeddedRedis implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(20);
  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private final int port;
  private final List<String> settings;
  private final boolean endsWithThisProcess;
  private final TemporaryFolder folder = TemporaryFolder.make("worker-redis");
  private final Thread atExit = new Thread(this::destroy);
  private @Nullable Process process;

  private EmbeddedRedis(int port, List<String> settings, boolean endsWithThisProcess) {
    this.port = port;
    this.settings = settings;
    this.endsWithThisProcess = endsWithThisProcess;
  }

  /** Starts a server on a free port. */
  public static EmbeddedRedis start(String... settings) {
    EmbeddedRedis redis = new EmbeddedRedis(freePort(), List.of(settings), true);
    Runtime.getRuntime().addShutdownHook(redis.atExit);
    redis.restart();
    return redis;
  }

  /**
   * Starts a server that only {@link #close()} ends, neither this process's exit nor a Ctrl-C in
   * its terminal: for a program that has something to finish on Redis before it goes.
   */
  public static EmbeddedRedis startOutliving(String... settings) {
    EmbeddedRedis redis = new EmbeddedRedis(freePort(), List.of(settings), false);
    redis.restart();
    return redis;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException none) {
      throw new UncheckedIOException(none);
    }
  }

  /** Starts the server again on its port and its data. */
  public void restart() {
    destroy();
    List<String> command = new ArrayList<>();
    if (!endsWithThisProcess && Files.isExecutable(SETSID)) {
      // Ctrl-C signals the whole process group of the terminal.
      command.add(SETSID.toString());
    }
    command.add(executable());
    command.addAll(List.of("--port", Integer.toString(port)));
    command.addAll(List.of("--bind", "127.0.0.1"));
    command.addAll(List.of("--dir", folder.path().toString()));
    command.addAll(List.of("--appendonly", "yes", "--save", ""));
    command.addAll(settings);
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(folder.path().resolve("redis.log").toFile())
              .start();
    } catch (IOException notStarted) {
      throw new UncheckedIOException(notStarted);
    }
    awaitAnswer();
  }

  private static String executable() {
    String given = System.getenv("WORKER_TEST_REDIS_SERVER");
    if (given != null && !given.isBlank()) {
      return given;
    }
    try {
      return ExecutableProvider.newJarResourceProvider().get().getAbsolutePath();
    } catch (IOException notInJar) {
      throw new UncheckedIOException(notInJar);
    }
  }

  private void awaitAnswer() {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (System.nanoTime() < end) {
      if (answers()) {
        return;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(20);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    throw new IllegalStateException(
        "Redis did not answer on port " + port + "; see " + folder.path().resolve("redis.log"));
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
      socket.setSoTimeout(500);
      OutputStream out = socket.getOutputStream();
      out.write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      String reply = new String(in.readNBytes(5), StandardCharsets.US_ASCII);
      // Any reply but LOADING: with a password it is NOAUTH.
      return !reply.startsWith("-LOAD") && !reply.isEmpty();
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Kills the server (SIGKILL). */
  public void kill() {
    destroy();
  }

  private void destroy() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      try {
        running.waitFor();
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Freezes the server (SIGSTOP): it accepts connections and does not answer. */
  public void freeze() {
    Signals.freeze(handle());
  }

  /** Lets a frozen server go on. */
  public void thaw() {
    Signals.thaw(handle());
  }

  private ProcessHandle handle() {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("the server was not started");
    }
    return running.toHandle();
  }

  public int port() {
    return port;
  }

  /** {@code host:port}. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
    destroy();
    folder.delete();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException exiting) {
      // The hook runs already.
      process = null;
    }
  }
}
