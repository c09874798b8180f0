package dev.webhookworker.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.DatabaseSettings;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.embedded.EmbeddedRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;

/**
 * Runs the cells, interleaved, each in a fresh JVM, and prints the table.
 *
 * <p>Arguments: {@code --rounds N} (3 by default), {@code --only a,b}, {@code --scale 0.1} (share
 * of the events), {@code --json FILE}, {@code --compare FILE}; {@code --parts true} measures the
 * small parts instead, {@code --ids true} the memory of an event id, {@code --growth true} the
 * cells with and without what piles up.
 */
public final class Benchmark {

  /** To empty a Redis of millions of entries takes seconds. */
  private static final int PATIENCE_MILLIS = 60_000;

  private final Arguments arguments;
  private final EmbeddedRedis redis;
  private final EmbeddedPostgresServer postgres;

  private Benchmark(Arguments arguments, EmbeddedRedis redis, EmbeddedPostgresServer postgres) {
    this.arguments = arguments;
    this.redis = redis;
    this.postgres = postgres;
  }

  public static void main(String[] words) throws Exception {
    Arguments arguments = Arguments.of(words);
    if (arguments.parts()) {
      SmallParts.print();
      return;
    }
    if (arguments.ids()) {
      RememberedIds.print();
      return;
    }
    Table table;
    try (EmbeddedRedis redis = EmbeddedRedis.start("--appendonly", "no");
        EmbeddedPostgresServer postgres = EmbeddedPostgresServer.start()) {
      table = new Benchmark(arguments, redis, postgres).run();
    }
    System.out.println(table.render());
    ObjectNode json = table.json();
    json.put("java", System.getProperty("java.version"));
    json.put("cores", Runtime.getRuntime().availableProcessors());
    ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    if (arguments.json() != null) {
      Files.writeString(Path.of(arguments.json()), mapper.writeValueAsString(json));
    }
    if (arguments.compare() != null) {
      List<String> fallen =
          table.fallenSince(mapper.readTree(Path.of(arguments.compare()).toFile()));
      fallen.forEach(System.out::println);
      if (!fallen.isEmpty()) {
        throw new IllegalStateException(fallen.size() + " ratios fell by more than 15 %");
      }
    }
  }

  private Table run() throws Exception {
    migrate();
    List<Cells> cells =
        (arguments.growth() ? Cells.GROWTH : Cells.ALL)
            .stream()
                .filter(
                    cell -> arguments.only().isEmpty() || arguments.only().contains(cell.name()))
                .filter(CellProcess::canRun)
                .toList();
    Table table = new Table();
    for (int round = 1; round <= arguments.rounds(); round++) {
      for (Cells cell : cells) {
        Measured measured = run(cell.scaled(arguments.scale()));
        CellResult result = measured.result();
        table.add(cell, measured);
        System.err.printf(
            "round %d %-20s %,10.0f/s  cpu %.2f s/100k  redis %.2f s/100k  rss %.0f MiB"
                + "  p50 %.2f p99 %.2f ms%n",
            round,
            cell.name(),
            result.rate(),
            result.cpuPer100k(),
            measured.redis().cpuSeconds() * 100_000,
            result.peakRssMib(),
            result.p50(),
            result.p99());
      }
    }
    return table;
  }

  private Measured run(Cells cell) throws Exception {
    empty();
    try (Jedis jedis = new Jedis("127.0.0.1", redis.port(), PATIENCE_MILLIS)) {
      jedis.flushAll();
      lay(cell.ballast(), jedis);
      Backlog backlog = new Backlog(jedis, cell);
      if (cell.reads()) {
        jedis.xgroupCreate(Job.STREAM, Job.GROUP, new StreamEntryID("0-0"), true);
        if (cell.perSecond() == 0) {
          backlog.fill();
        }
      }
      Job job =
          new Job(
              cell.contender(),
              cell.events(),
              redis.port(),
              postgres.port(),
              cell.concurrency(),
              cell.handlerMillis());
      RedisCost before = RedisCost.now(jedis);
      CellResult result =
          new CellProcess(cell, job).run(cell.perSecond() > 0 ? backlog::feed : () -> {});
      return new Measured(result, RedisCost.now(jedis).perEventSince(before, cell.events()));
    }
  }

  /** The worker makes its tables. */
  private void migrate() throws IOException {
    WorkerConfig config =
        WorkerConfig.builder()
            .redis("127.0.0.1:" + redis.port())
            .database(
                DatabaseSettings.of("127.0.0.1", postgres.port(), "postgres", "postgres", null))
            .build();
    try (Worker worker = Worker.builder().config(config).build()) {
      worker.start();
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (!worker.health().status().toString().equalsIgnoreCase("healthy")
          && System.nanoTime() < end) {
        java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
      }
    }
  }

  private void lay(Ballast ballast, Jedis jedis) throws SQLException {
    try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl())) {
      ballast.lay(jedis, connection);
    }
  }

  private void empty() throws SQLException {
    try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl());
        Statement statement = connection.createStatement()) {
      // The audit log refuses to be emptied; a superuser's session may look away.
      statement.execute("SET session_replication_role = replica");
      statement.execute(
          "TRUNCATE worker.webhook_events, worker.webhook_audit_log, worker.webhook_dlq,"
              + " worker.webhook_dlq_position");
      statement.execute("CHECKPOINT");
    }
  }

  /** The command line. */
  record Arguments(
      int rounds,
      Set<String> only,
      double scale,
      boolean parts,
      boolean growth,
      boolean ids,
      @org.jspecify.annotations.Nullable String json,
      @org.jspecify.annotations.Nullable String compare) {

    static Arguments of(String[] words) {
      Map<String, String> values = new LinkedHashMap<>();
      for (int i = 0; i + 1 < words.length; i += 2) {
        values.put(words[i], words[i + 1]);
      }
      String only = values.getOrDefault("--only", "");
      return new Arguments(
          Integer.parseInt(values.getOrDefault("--rounds", "3")),
          Arrays.stream(only.split(",", -1))
              .filter(name -> !name.isBlank())
              .collect(Collectors.toSet()),
          Double.parseDouble(values.getOrDefault("--scale", "1")),
          Boolean.parseBoolean(values.getOrDefault("--parts", "false")),
          Boolean.parseBoolean(values.getOrDefault("--growth", "false")),
          Boolean.parseBoolean(values.getOrDefault("--ids", "false")),
          values.get("--json"),
          values.get("--compare"));
    }
  }
}
