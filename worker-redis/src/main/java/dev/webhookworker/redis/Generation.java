package dev.webhookworker.redis;

import dev.webhookworker.port.EntryIds;
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
  private volatile String doubtedUpTo = NO_ENTRY;
  private volatile boolean waiting;
  private volatile long oldestNanos;

  private final LongSupplier nanoTime;

  Generation(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  static Command ask(RedisKeys keys) {
    return Command.of(
        Protocol.Command.HMGET, keys.meta(), "generation", "redelivered_up_to", "doubted_up_to");
  }

  long now() {
    return nanoTime.getAsLong();
  }

  /**
   * Takes the reply to {@link #ask}.
   *
   * @param sentAtNanos when it was asked
   * @param entries whether entries were read then, or later
   */
  void note(@Nullable Object reply, long sentAtNanos, boolean entries) {
    if (entries && (!waiting || sentAtNanos - oldestNanos < 0)) {
      oldestNanos = sentAtNanos;
      waiting = true;
    }
    List<?> values = Replies.list(reply);
    if (values.size() == 3 && values.get(0) != null) {
      number = Replies.number(values.get(0));
      redeliveredUpTo = values.get(1) == null ? NO_ENTRY : Replies.text(values.get(1));
      doubt(values.get(2) == null ? NO_ENTRY : Replies.text(values.get(2)));
    }
  }

  /** Another server, or another run of it, may have lost how entries up to this one ended. */
  void doubt(String upTo) {
    doubtedUpTo = upTo;
  }

  /** Whether an entry may have been processed although this server has no trace of it. */
  boolean mayBeStored(String entryId) {
    String last = doubtedUpTo;
    return !last.equals(NO_ENTRY) && EntryIds.compare(entryId, last) <= 0;
  }

  /** All that were read have their marks. */
  void admitted() {
    waiting = false;
  }

  /**
   * How long ago the oldest entry that waits for its mark was read, at most: what was delivered
   * then may be another worker's by now.
   */
  Duration age() {
    return waiting ? Duration.ofNanos(now() - oldestNanos) : Duration.ZERO;
  }

  long token(long deliveries) {
    return (number << COUNTER_BITS) + deliveries;
  }

  /** Entries up to this id may have been settled before the group was made (again). */
  String redeliveredUpTo() {
    return redeliveredUpTo;
  }
}
