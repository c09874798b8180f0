package dev.webhookworker.redis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.StreamDepth;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.spi.Finding;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol;

/** Looks at Redis for {@code doctor}; changes nothing. For one thread. */
final class RedisDiagnosis {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SAMPLE = 1_000;

  private final WorkerConfig config;
  private final RedisConnections redis;
  private final RedisKeys keys;
  private final List<Finding> findings = new ArrayList<>();

  private RedisDiagnosis(WorkerConfig config, RedisConnections redis) {
    this.config = config;
    this.redis = redis;
    keys = RedisKeys.of(config);
  }

  static List<Finding> of(WorkerConfig config) {
    try (RedisConnections redis = RedisConnections.to(config.redis())) {
      RedisDiagnosis diagnosis = new RedisDiagnosis(config, redis);
      diagnosis.run();
      return diagnosis.findings;
    }
  }

  /** Of the next entries that are not done, at most 1,000: how many name which tool. */
  static Map<String, Integer> waitingByTool(WorkerConfig config) throws StreamUnavailableException {
    try (RedisConnections redis = RedisConnections.to(config.redis())) {
      return new RedisDiagnosis(config, redis).waitingByTool();
    }
  }

  private Map<String, Integer> waitingByTool() throws StreamUnavailableException {
    Map<String, Integer> waiting = new LinkedHashMap<>();
    if (number(Command.of(Protocol.Command.EXISTS, keys.stream())) == 0) {
      return waiting;
    }
    Map<String, Object> group = group();
    String from = group.isEmpty() ? "-" : "(" + text(group.get("last-delivered-id"));
    List<?> pending =
        group.isEmpty()
            ? List.of()
            : Replies.list(
                redis.run(
                    Command.of(
                        Protocol.Command.XPENDING, keys.stream(), keys.group(), "-", "+", "1")));
    if (!pending.isEmpty()) {
      from = text(Replies.list(pending.get(0)).get(0));
    }
    ReplyBounds bounds = ReplyBounds.of(config);
    for (EntryFields entry :
        StreamEntries.of(redis.run(StreamEntries.ask(keys.stream(), bounds, from, "+", SAMPLE)))
            .values()) {
      String metadata = entry.text("metadata");
      String tool = metadata == null ? null : toolOf(metadata);
      if (tool != null) {
        waiting.merge(tool, 1, Integer::sum);
      }
    }
    return waiting;
  }

  private static @Nullable String toolOf(String metadata) {
    try {
      return JSON.readTree(metadata).path("tool_id").textValue();
    } catch (JsonProcessingException notJson) {
      return null;
    }
  }

  private void run() {
    try {
      StartupChecks checks = StartupChecks.of(redis, Clock.systemUTC());
      findings.add(
          Finding.ok(
              "redis.connection",
              "Redis "
                  + checks.facts().get("version")
                  + " answers at "
                  + config.redis().address()));
      checks
          .warnings()
          .forEach(warning -> findings.add(Finding.warning("redis.server", warning, "")));
      stream();
    } catch (StreamUnavailableException failed) {
      findings.add(unavailable(String.valueOf(failed.getMessage())));
    }
  }

  private static Finding unavailable(String message) {
    if (message.contains("WRONGPASS")
        || message.contains("NOAUTH")
        || message.contains("invalid username-password")) {
      return Finding.problem(
          "redis.connection",
          "wrong password or user: " + message,
          "check REDIS_USERNAME and REDIS_PASSWORD");
    }
    if (message.contains("NOPERM")) {
      return Finding.problem(
          "redis.rights",
          "the ACL user lacks a right: " + message,
          "grant it what docs/security.md prints: +@read +@write +@stream +@scripting"
              + " +@connection -@dangerous +info +time on the worker's keys");
    }
    return Finding.problem(
        "redis.connection",
        "Redis is unreachable: " + message,
        "check REDIS_ADDR, that Redis runs and that the network lets this machine through");
  }

  private void stream() throws StreamUnavailableException {
    if (number(Command.of(Protocol.Command.EXISTS, keys.stream())) == 0) {
      findings.add(
          Finding.warning(
              "redis.group",
              "there is no stream '"
                  + config.streamName()
                  + "' and no group '"
                  + config.groupName()
                  + "'",
              "the worker makes both when it starts; check WORKER_STREAM if publishers use another"
                  + " name"));
      return;
    }
    Map<String, Object> group = group();
    if (group.isEmpty()) {
      findings.add(
          Finding.problem(
              "redis.group",
              "the stream '"
                  + config.streamName()
                  + "' has no group '"
                  + config.groupName()
                  + "': nobody reads its "
                  + number(Command.of(Protocol.Command.XLEN, keys.stream()))
                  + " entries",
              "start a worker, which makes the group, or check WORKER_GROUP"));
      return;
    }
    long pending = Replies.number(group.getOrDefault("pending", 0L));
    findings.add(
        Finding.ok(
            "redis.group",
            "group '"
                + config.groupName()
                + "': "
                + pending
                + " pending, "
                + number(Command.of(Protocol.Command.ZCARD, keys.retry()))
                + " waiting retries, "
                + number(Command.of(Protocol.Command.XLEN, keys.dlq()))
                + " open dead letters"));
    otherGroups();
    oldestPending(pending);
    abandoned();
  }

  private Map<String, Object> group() throws StreamUnavailableException {
    for (Object one :
        Replies.list(redis.run(Command.of(Protocol.Command.XINFO, "GROUPS", keys.stream())))) {
      Map<String, Object> group = fields(one);
      if (config.groupName().equals(text(group.get("name")))) {
        return group;
      }
    }
    return Map.of();
  }

  /** One that was made once and forgotten keeps everything in the stream. */
  private void otherGroups() throws StreamUnavailableException {
    StreamDepth depth = Depth.of(redis, keys, SAMPLE);
    String keptBy = depth.keptBy();
    if (keptBy != null) {
      findings.add(
          Finding.warning(
              "redis.other_group",
              "the group '"
                  + keptBy
                  + "' has not read "
                  + depth.kept()
                  + " entries or more that are done here, so they stay: the stream has "
                  + depth.streamLength()
                  + " entries",
              "let its consumers run, or remove it: XGROUP DESTROY "
                  + config.streamName()
                  + " "
                  + keptBy));
    }
  }

  private void oldestPending(long pending) throws StreamUnavailableException {
    if (pending == 0) {
      return;
    }
    List<?> summary =
        Replies.list(
            redis.run(
                Command.of(Protocol.Command.XPENDING, keys.stream(), keys.group(), "-", "+", "1")));
    if (summary.isEmpty()) {
      return;
    }
    List<?> oldest = Replies.list(summary.get(0));
    Duration idle = Duration.ofMillis(Replies.number(oldest.get(2)));
    String what =
        "the oldest pending entry is "
            + text(oldest.get(0))
            + ", held by '"
            + text(oldest.get(1))
            + "', last renewed "
            + idle.toSeconds()
            + " s ago";
    findings.add(
        idle.compareTo(config.visibilityTimeout()) > 0
            ? Finding.warning(
                "redis.pending",
                what,
                "it is past the visibility timeout: a running worker takes it over within seconds;"
                    + " is one running?")
            : Finding.ok("redis.pending", what));
  }

  /** A consumer whose lease on its name has run out is dead. */
  private void abandoned() throws StreamUnavailableException {
    for (Object one :
        Replies.list(
            redis.run(
                Command.of(Protocol.Command.XINFO, "CONSUMERS", keys.stream(), keys.group())))) {
      Map<String, Object> consumer = fields(one);
      String name = text(consumer.get("name"));
      if (name.equals(GroupReader.RELEASED)) {
        continue;
      }
      long holds = Replies.number(consumer.getOrDefault("pending", 0L));
      if (holds > 0 && number(Command.of(Protocol.Command.EXISTS, keys.consumerLease(name))) == 0) {
        findings.add(
            Finding.problem(
                "redis.abandoned",
                holds + " entries are abandoned by the dead consumer '" + name + "'",
                "start a worker: it takes them over once they are idle for the visibility timeout, "
                    + config.visibilityTimeout().toSeconds()
                    + " s"));
      }
    }
  }

  private long number(Command command) throws StreamUnavailableException {
    return Replies.number(redis.run(command));
  }

  private static Map<String, Object> fields(Object flat) {
    List<?> all = Replies.list(flat);
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i + 1 < all.size(); i += 2) {
      @Nullable Object value = all.get(i + 1);
      if (value != null) {
        fields.put(text(all.get(i)), value);
      }
    }
    return fields;
  }

  private static String text(@Nullable Object reply) {
    return reply == null ? "" : Replies.text(reply);
  }
}
