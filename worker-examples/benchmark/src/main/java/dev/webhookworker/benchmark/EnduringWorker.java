package dev.webhookworker.benchmark;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A standalone process as the deployment runs it, looked at from outside. */
final class EnduringWorker implements AutoCloseable {

  private static final double MIB = 1 << 20;
  private static final int LONGEST_WAIT_SECONDS = 60;

  private final Process process;
  private final String address;
  private final HttpClient http = HttpClient.newHttpClient();

  private EnduringWorker(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  /** What it uses now. */
  record Sample(double processed, double waiting, double rssMib, double heapMib, double liveMib) {

    String row(int seconds) {
      return String.format(
          Locale.ROOT,
          "| %d | %,.0f | %,.0f | %.0f | %.0f | %.0f |",
          seconds,
          processed,
          waiting,
          rssMib,
          heapMib,
          liveMib);
    }
  }

  static EnduringWorker start(Endurance.Settings settings, int redis, int postgres, int health)
      throws IOException {
    List<String> command = new ArrayList<>();
    if (settings.cgroup() != null) {
      limit(Path.of(settings.cgroup()), settings.memoryMib());
      // The shell joins the control group and becomes the worker.
      command.addAll(
          List.of("sh", "-c", "echo $$ > \"$0/cgroup.procs\" && exec \"$@\"", settings.cgroup()));
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            // As the image sets them.
            "-XX:MaxRAMPercentage=50",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-UsePerfData",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.webhookworker.standalone.StandaloneWorker"));
    if (settings.cgroup() == null) {
      command.add(1, "-XX:MaxRAM=" + settings.memoryMib() + "m");
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .putAll(
            Map.of(
                "REDIS_ADDR",
                "127.0.0.1:" + redis,
                "DATABASE_HOST",
                "127.0.0.1",
                "DATABASE_PORT",
                Integer.toString(postgres),
                "DATABASE_NAME",
                "postgres",
                "DATABASE_USER",
                "postgres",
                "HEALTH_ENDPOINT",
                "127.0.0.1:" + health,
                "WORKER_CONSUMER_NAME",
                "endurance"));
    Process process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(new File("target", "endurance.log"))
            .start();
    return new EnduringWorker(process, "http://127.0.0.1:" + health);
  }

  private static void limit(Path group, int memoryMib) throws IOException {
    Files.createDirectories(group);
    boolean first = Files.exists(group.resolve("memory.limit_in_bytes"));
    Files.writeString(
        group.resolve(first ? "memory.limit_in_bytes" : "memory.max"),
        Long.toString((long) memoryMib << 20));
  }

  void awaitReady() throws InterruptedException {
    for (int second = 0; second < LONGEST_WAIT_SECONDS; second++) {
      if (status() == 200) {
        return;
      }
      TimeUnit.SECONDS.sleep(1);
    }
    throw new IllegalStateException("it is not ready; see target/endurance.log");
  }

  private int status() throws InterruptedException {
    try {
      return get("/health/ready").statusCode();
    } catch (IOException notThere) {
      return 0;
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(address + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  Sample sample() throws IOException, InterruptedException {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "it ended with code " + process.exitValue() + "; see target/endurance.log");
    }
    List<String> metrics = get("/metrics").body().lines().toList();
    return new Sample(
        processed(metrics),
        sum(metrics, "webhook_queue_depth"),
        rssMib(),
        sum(metrics, "webhook_memory_allocated_bytes") / MIB,
        sum(metrics, "webhook_memory_live_bytes") / MIB);
  }

  private static double processed(List<String> metrics) {
    return sum(metrics, "webhook_event_processing_duration_seconds_count");
  }

  private static double sum(List<String> metrics, String name) {
    return metrics.stream()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private double rssMib() throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElse(0);
  }

  void awaitProcessed(int events) throws IOException, InterruptedException {
    for (int second = 0; second < LONGEST_WAIT_SECONDS; second++) {
      if (processed(get("/metrics").body().lines().toList()) >= events) {
        return;
      }
      TimeUnit.SECONDS.sleep(1);
    }
    throw new IllegalStateException("not all events were processed; see target/endurance.log");
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }
}
