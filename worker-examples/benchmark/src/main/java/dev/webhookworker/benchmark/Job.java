package dev.webhookworker.benchmark;

import java.util.Map;

/**
 * What a cell has to do, as its JVM reads it from the command line.
 *
 * @param events how many events are on the stream, or will come
 * @param concurrency handlers at once
 * @param handlerMillis how long a handler sleeps; 0 for a no-op
 */
record Job(
    String contender,
    int events,
    int redisPort,
    int postgresPort,
    int concurrency,
    int handlerMillis) {

  static final String STREAM = "webhook_events";
  static final String GROUP = "webhook_workers";
  static final String MARK = "webhook:idempotency:";

  String[] arguments() {
    return new String[] {
      contender,
      "events=" + events,
      "redis=" + redisPort,
      "postgres=" + postgresPort,
      "concurrency=" + concurrency,
      "millis=" + handlerMillis
    };
  }

  static Job of(String[] arguments) {
    Map<String, Integer> values = new java.util.HashMap<>();
    for (int i = 1; i < arguments.length; i++) {
      int equals = arguments[i].indexOf('=');
      values.put(
          arguments[i].substring(0, equals), Integer.valueOf(arguments[i].substring(equals + 1)));
    }
    return new Job(
        arguments[0],
        values.getOrDefault("events", 0),
        values.getOrDefault("redis", 0),
        values.getOrDefault("postgres", 0),
        values.getOrDefault("concurrency", 10),
        values.getOrDefault("millis", 0));
  }

  String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + postgresPort + "/postgres?user=postgres";
  }
}
