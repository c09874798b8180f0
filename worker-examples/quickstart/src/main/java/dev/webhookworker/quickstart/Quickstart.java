package dev.webhookworker.quickstart;

import dev.webhookworker.EventPublisher;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.health.HealthStatus;
import dev.webhookworker.redis.RedisEventPublisher;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Shows the worker at work, on a machine that has nothing but a JDK and Maven. With {@code
 * QUICKSTART_ONCE=true} it ends with 0 when every event reached the end that it should, else with
 * 1; without, it goes on until Ctrl-C. Only the main thread publishes and reports.
 */
public final class Quickstart {

  private static final Duration BETWEEN_WAVES = Duration.ofMillis(250);
  private static final Duration LONGEST_RUN = Duration.ofSeconds(60);
  private static final int HEALTH_PORT = 8088;

  private final Servers servers;
  private final WorkerConfig config;
  private final Worker worker;
  private final StopSignal stop;
  private final Report report = new Report(System.out);
  private final List<Published> published = new ArrayList<>();

  private Quickstart(Servers servers, WorkerConfig config, Worker worker, StopSignal stop) {
    this.servers = servers;
    this.config = config;
    this.worker = worker;
    this.stop = stop;
  }

  /** Runs the quick start, or {@code publish <event id> <event type> [<file>]}. */
  public static void main(String[] arguments) throws Exception {
    List<String> all = List.of(arguments);
    Map<String, String> environment = System.getenv();
    if (!all.isEmpty() && all.get(0).equals("publish")) {
      System.exit(PublishCommand.run(all.subList(1, all.size()), environment));
    }
    boolean once = Boolean.parseBoolean(environment.getOrDefault("QUICKSTART_ONCE", "false"));
    StopSignal stop = StopSignal.listen();
    try {
      System.out.println("Starting PostgreSQL and Redis ...");
      int exitCode = run(environment, once, stop);
      // The exit waits for this.
      stop.closed();
      System.exit(exitCode);
    } catch (Exception failed) {
      // Ctrl-C also ends a PostgreSQL that is being started.
      if (!stop.isRequested()) {
        throw failed;
      }
    } finally {
      stop.closed();
    }
  }

  private static int run(Map<String, String> environment, boolean once, StopSignal stop)
      throws Exception {
    try (Servers servers = Servers.start()) {
      if (stop.isRequested()) {
        return 1;
      }
      WorkerConfig config = config(environment, servers);
      // Processors, tools, Redis and PostgreSQL are found by way of META-INF/services.
      try (Worker worker = Worker.builder().config(config).build()) {
        worker.start();
        int exitCode = new Quickstart(servers, config, worker, stop).run(once);
        System.out.println("Closing: the worker finishes what it holds, then the servers stop.");
        return exitCode;
      }
    }
  }

  /** The environment's settings, with retries short enough to be watched. */
  private static WorkerConfig config(Map<String, String> environment, Servers servers) {
    Map<String, String> variables = new HashMap<>();
    variables.put("WORKER_MAX_RETRIES", "4");
    variables.put("WORKER_RETRY_INITIAL_INTERVAL", "400ms");
    variables.put("WORKER_RETRY_MAX_INTERVAL", "1s");
    variables.put("WORKER_RETRY_JITTER", "false");
    variables.put("HEALTH_ENDPOINT", "127.0.0.1:" + (isFree(HEALTH_PORT) ? HEALTH_PORT : 0));
    environment.forEach(
        (name, value) -> {
          // Addresses and credentials of other servers have no place here.
          if (!name.startsWith("REDIS_") && !name.startsWith("DATABASE_")) {
            variables.put(name, value);
          }
        });
    variables.putAll(servers.environment());
    return WorkerConfig.fromEnvironment(variables);
  }

  private static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return probe.isBound();
    } catch (IOException taken) {
      return false;
    }
  }

  private int run(boolean once) throws SQLException, InterruptedException {
    worker
        .healthAddress()
        .map(Quickstart::url)
        .ifPresent(
            url -> {
              report.line("Health     " + url + "/health, /health/live, /health/ready");
              report.line("Metrics    " + url + "/metrics");
            });
    worker.opsAddress().ifPresent(page -> report.line("Operations " + page));
    report.line("Redis      " + servers.redis().address());
    report.line("PostgreSQL " + servers.postgres().jdbcUrl());
    report.line("");
    awaitConsuming();
    if (stop.isRequested()) {
      return 1;
    }
    publish(Scenario.of(Instant.now().truncatedTo(ChronoUnit.SECONDS)));
    Findings findings = awaitEnds();
    if (stop.isRequested()) {
      return 1;
    }
    report.table(published, findings);
    List<String> deviations = findings.deviations(published);
    deviations.forEach(deviation -> report.line("  NOT AS EXPECTED: " + deviation));
    report.line(
        deviations.isEmpty()
            ? "Every event reached the end that it should."
            : deviations.size() + " events did not reach the end that they should.");
    if (!once) {
      serve();
    }
    return deviations.isEmpty() ? 0 : 1;
  }

  private static String url(InetSocketAddress address) {
    String host = address.getAddress().isAnyLocalAddress() ? "127.0.0.1" : address.getHostString();
    return "http://" + host + ":" + address.getPort();
  }

  /** The schema is there once the worker has connected. */
  private void awaitConsuming() throws InterruptedException {
    long end = System.nanoTime() + LONGEST_RUN.toNanos();
    while (worker.health().status() == HealthStatus.UNHEALTHY
        && System.nanoTime() - end < 0
        && !stop.within(Duration.ofMillis(100))) {
      // Not yet.
    }
  }

  private void publish(Scenario scenario) throws SQLException, InterruptedException {
    report.line("Publishing " + scenario.size() + " events of five providers in waves:");
    try (EventPublisher publisher = RedisEventPublisher.to(config.redis(), config.streamName())) {
      for (List<Planned> wave : scenario.waves()) {
        List<String> entryIds = publisher.publishAll(wave.stream().map(Planned::event).toList());
        for (int i = 0; i < entryIds.size(); i++) {
          published.add(new Published(wave.get(i), entryIds.get(i)));
        }
        if (stop.within(BETWEEN_WAVES)) {
          return;
        }
        showProgress();
      }
    }
  }

  private Findings awaitEnds() throws SQLException, InterruptedException {
    long end = System.nanoTime() + LONGEST_RUN.toNanos();
    Findings findings = showProgress();
    while (findings.endings().size() < published.size()
        && System.nanoTime() - end < 0
        && !stop.within(BETWEEN_WAVES)) {
      findings = showProgress();
    }
    return findings;
  }

  private Findings showProgress() throws SQLException {
    Findings findings = Findings.read(servers, config);
    report.progress(published.size(), findings);
    return findings;
  }

  /** Until Ctrl-C. */
  private void serve() throws SQLException, InterruptedException {
    report.line("");
    report.line("The worker goes on; Ctrl-C ends it. Publish an event of your own:");
    report.line(
        "  echo '{\"hello\":\"world\"}' | REDIS_ADDR="
            + servers.redis().address()
            + " java -jar worker-examples/quickstart/target/worker-quickstart.jar"
            + " publish my-1 greeting.sent");
    report.line("");
    while (!stop.within(Duration.ofSeconds(1))) {
      showProgress();
    }
  }
}
