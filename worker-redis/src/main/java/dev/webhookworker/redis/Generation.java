package dev.webhookworker.redis;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol;

/**
 * Which making of the group this is. A group that was lost and made again begins to count
 * deliveries anew; the generation in front of the counter keeps fencing tokens growing. Asked for
 * with each read, because another worker may have made the group.
 */
final class Generation {

  /** Before every entry. */
  static final String NO_ENTRY = "0-0";

  private static final int COUNTER_BITS = 20;

  // Written by the fetch thread.
  private volatile long number;
  private volatile String redeliveredUpTo = NO_ENTRY;
  private volatile long notedAtNanos;

  private final LongSupplier nanoTime;

  Generation(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    notedAtNanos = nanoTime.getAsLong();
  }

  static Command ask(RedisKeys keys) {
    return Command.of(Protocol.Command.HMGET, keys.meta(), "generation", "redelivered_up_to");
  }

  void note(@Nullable Object reply) {
    notedAtNanos = nanoTime.getAsLong();
    List<?> values = Replies.list(reply);
    if (values.size() == 2 && values.get(0) != null) {
      number = Replies.number(values.get(0));
      redeliveredUpTo = values.get(1) == null ? NO_ENTRY : Replies.text(values.get(1));
    }
  }

  /** How long ago entries were read: what was delivered then may be another worker's by now. */
  Duration age() {
    return Duration.ofNanos(nanoTime.getAsLong() - notedAtNanos);
  }

  long token(long deliveries) {
    return (number << COUNTER_BITS) + deliveries;
  }

  /** Entries up to this id may have been settled before the group was made (again). */
  String redeliveredUpTo() {
    return redeliveredUpTo;
  }
}
