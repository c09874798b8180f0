package dev.webhookworker.redis;

import dev.webhookworker.port.DestinationFailures;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.Protocol;

/** Since when destinations fail: one hash for each that does. Thread-safe. */
final class RedisDestinationFailures implements DestinationFailures {

  private static final String FAILING_SINCE = "failing_since";
  private static final String DISABLED_AT = "disabled_at";

  private final RedisConnections redis;
  private final RedisKeys keys;

  RedisDestinationFailures(RedisConnections redis, RedisKeys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  @Override
  public Standing of(Name destination) throws StreamUnavailableException {
    List<?> known =
        Replies.list(
            redis.run(
                Command.of(
                    Protocol.Command.HMGET,
                    keys.destination(destination),
                    FAILING_SINCE,
                    DISABLED_AT)));
    Object disabledAt = known.get(1);
    return new Standing(
        known.get(0) != null,
        disabledAt == null ? Optional.empty() : Optional.of(time(Replies.text(disabledAt))));
  }

  /**
   * The beginning of time where somebody has written something else: it is disabled all the same.
   */
  private static Instant time(String millis) {
    try {
      return Instant.ofEpochMilli(Long.parseLong(millis));
    } catch (NumberFormatException damaged) {
      return Instant.EPOCH;
    }
  }

  @Override
  public Duration failed(Name destination, Duration forgottenAfter)
      throws StreamUnavailableException {
    return Duration.ofMillis(
        Replies.number(
            redis.run(
                Command.call(
                    Script.FAIL_DESTINATION,
                    List.of(keys.destination(destination)),
                    forgottenAfter.toMillis()))));
  }

  @Override
  public boolean disable(Name destination) throws StreamUnavailableException {
    Object reply =
        redis.run(Command.call(Script.DISABLE_DESTINATION, List.of(keys.destination(destination))));
    return Replies.number(reply) == 1;
  }

  @Override
  public boolean clear(Name destination) throws StreamUnavailableException {
    byte[] key = keys.destination(destination);
    List<Object> replies =
        redis.run(
            List.of(
                Command.of(Protocol.Command.HEXISTS, key, DISABLED_AT),
                Command.of(Protocol.Command.DEL, key)));
    return Replies.number(replies.get(0)) == 1;
  }
}
