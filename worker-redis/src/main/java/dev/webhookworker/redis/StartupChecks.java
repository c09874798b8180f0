package dev.webhookworker.redis;

import dev.webhookworker.port.StreamUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisException;

/** What this server may lose, and how to change it. */
record StartupChecks(Map<String, Object> facts, List<String> warnings) {

  private static final Duration TOLERATED_SKEW = Duration.ofSeconds(2);

  /**
   * @param clock this machine's time, to be compared with the server's
   */
  static StartupChecks of(RedisConnections redis, Clock clock) throws StreamUnavailableException {
    List<String> warnings = new ArrayList<>();
    Map<String, Object> facts = new LinkedHashMap<>();
    try {
      server(parse(Replies.text(redis.run(Command.of(Protocol.Command.INFO)))), facts, warnings);
    } catch (StreamUnavailableException refused) {
      if (!isForbidden(refused)) {
        throw refused;
      }
      facts.put("version", "unknown");
      warnings.add(
          "The ACL user may not call INFO: whether Redis keeps its data (append-only file, eviction)"
              + " and which version it is can't be checked. Grant it +info");
    }
    Duration skew = skew(redis, clock);
    facts.put("clock_skew_ms", skew.toMillis());
    if (skew.abs().compareTo(TOLERATED_SKEW) > 0) {
      warnings.add(
          "This machine's clock and Redis' differ by "
              + skew.abs().toMillis()
              + " ms: times in dead letters and partitions are off by that much, though no event is"
              + " lost (leases and retries follow Redis' clock). Synchronise both (NTP)");
    }
    return new StartupChecks(facts, warnings);
  }

  private static boolean isForbidden(StreamUnavailableException refused) {
    return refused.getCause() instanceof JedisException failure
        && RedisConnections.refusal(failure) == Refusal.NOPERM;
  }

  private static void server(
      Map<String, String> info, Map<String, Object> facts, List<String> warnings) {
    String version = info.getOrDefault("redis_version", "unknown");
    facts.put("version", info.getOrDefault("valkey_version", version));
    facts.put("mode", info.getOrDefault("redis_mode", "unknown"));
    if (olderThan(version, 6, 2)) {
      warnings.add("Redis is " + version + "; the worker needs 6.2 or later (or Valkey)");
    }
    String policy = info.getOrDefault("maxmemory_policy", "noeviction");
    facts.put("maxmemory_policy", policy);
    if (!policy.equals("noeviction")) {
      warnings.add(
          "Redis evicts keys when its memory is full (maxmemory-policy "
              + policy
              + "): events and idempotency marks may be lost. Set maxmemory-policy noeviction");
    }
    boolean aof = "1".equals(info.get("aof_enabled"));
    facts.put("aof", aof);
    if (!aof) {
      warnings.add(
          "Redis has no append-only file: a crash loses the events since its last snapshot. Set"
              + " appendonly yes");
    }
  }

  /** How far this machine is ahead of the server. */
  private static Duration skew(RedisConnections redis, Clock clock)
      throws StreamUnavailableException {
    List<?> time = Replies.list(redis.run(Command.of(Protocol.Command.TIME)));
    Instant server =
        Instant.ofEpochSecond(Replies.number(time.get(0)), Replies.number(time.get(1)) * 1000);
    return Duration.between(server, clock.instant());
  }

  private static boolean olderThan(String version, int major, int minor) {
    String[] parts = version.split("\\.", -1);
    try {
      int its = Integer.parseInt(parts[0]);
      return its < major
          || (its == major && parts.length > 1 && Integer.parseInt(parts[1]) < minor);
    } catch (NumberFormatException unknown) {
      return false;
    }
  }

  static Map<String, String> parse(String info) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String line : info.lines().toList()) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        values.put(line.substring(0, colon), line.substring(colon + 1));
      }
    }
    return values;
  }
}
