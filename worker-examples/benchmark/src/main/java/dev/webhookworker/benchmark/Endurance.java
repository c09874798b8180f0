package dev.webhookworker.benchmark;

import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.embedded.EmbeddedRedis;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Jedis;

/**
 * The standalone process under the memory limit of its deployment, at a steady rate: does it grow?
 *
 * <p>Arguments: {@code --minutes N} (10 by default), {@code --rate N} (1,000 events a second),
 * {@code --memory N} (512 MiB), {@code --cgroup FOLDER} (a control group that the process joins;
 * without it the limit is only what the JVM is told).
 */
public final class Endurance {

  private static final int SAMPLE_SECONDS = 30;
  private static final int WARM_UP_SECONDS = 180;

  /** What a collection happens to leave, and what the JVM compiles late. */
  private static final double MOST_GROWTH = 1.1;

  private Endurance() {}

  public static void main(String[] words) throws Exception {
    Settings settings = Settings.of(words);
    int seconds = (int) TimeUnit.MINUTES.toSeconds(settings.minutes());
    try (EmbeddedRedis redis = EmbeddedRedis.start("--appendonly", "no");
        EmbeddedPostgresServer postgres = EmbeddedPostgresServer.start();
        EnduringWorker worker =
            EnduringWorker.start(settings, redis.port(), postgres.port(), freePort())) {
      worker.awaitReady();
      int events = seconds * settings.rate();
      Thread feeding = new Thread(() -> feed(redis.port(), events, settings.rate()));
      feeding.setDaemon(true);
      feeding.start();
      System.out.println("| s | processed | waiting | RSS MiB | heap MiB | after GC MiB |");
      System.out.println("|---:|---:|---:|---:|---:|---:|");
      List<EnduringWorker.Sample> samples = new ArrayList<>();
      for (int at = SAMPLE_SECONDS; at <= seconds; at += SAMPLE_SECONDS) {
        TimeUnit.SECONDS.sleep(SAMPLE_SECONDS);
        EnduringWorker.Sample sample = worker.sample();
        if (at >= WARM_UP_SECONDS) {
          samples.add(sample);
        }
        System.out.println(sample.row(at));
      }
      feeding.join(TimeUnit.SECONDS.toMillis(SAMPLE_SECONDS));
      worker.awaitProcessed(events);
      judge(samples);
    }
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void feed(int port, int events, int rate) {
    try (Jedis jedis = new Jedis("127.0.0.1", port)) {
      new Backlog(
              jedis, new Cells("endurance", "", "", events, 1024, 10, 0, rate, false, Ballast.NONE))
          .feed();
    }
  }

  private static void judge(List<EnduringWorker.Sample> samples) {
    double first = samples.isEmpty() ? 0 : samples.get(0).rssMib();
    double last = samples.isEmpty() ? 0 : samples.get(samples.size() - 1).rssMib();
    System.out.printf(
        "RSS after %d s: %.0f MiB, at the end: %.0f MiB%n", WARM_UP_SECONDS, first, last);
    if (last > first * MOST_GROWTH) {
      throw new IllegalStateException("it grew by more than a tenth after it was warm");
    }
  }

  /** The command line. */
  record Settings(
      int minutes, int rate, int memoryMib, @org.jspecify.annotations.Nullable String cgroup) {

    static Settings of(String[] words) {
      Settings settings = new Settings(10, 1000, 512, null);
      for (int i = 0; i + 1 < words.length; i += 2) {
        settings = settings.with(words[i], words[i + 1]);
      }
      return settings;
    }

    private Settings with(String name, String value) {
      return switch (name) {
        case "--minutes" -> new Settings(Integer.parseInt(value), rate, memoryMib, cgroup);
        case "--rate" -> new Settings(minutes, Integer.parseInt(value), memoryMib, cgroup);
        case "--memory" -> new Settings(minutes, rate, Integer.parseInt(value), cgroup);
        case "--cgroup" -> new Settings(minutes, rate, memoryMib, value);
        default ->
            throw new IllegalArgumentException(
                "no argument '" + name + "'; there are --minutes, --rate, --memory, --cgroup");
      };
    }
  }
}
