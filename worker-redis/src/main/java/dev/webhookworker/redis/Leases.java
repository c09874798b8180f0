package dev.webhookworker.redis;

import dev.webhookworker.port.Lease;
import dev.webhookworker.port.Source;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Renews and releases what is held, and knows what may have passed to others meanwhile.
 * Thread-safe.
 */
final class Leases {

  /** Lua must not block the server for long: this many entries a call. */
  private static final int CHUNK = 500;

  private static final int MOST_REMEMBERED = 10_000;

  /** Idle time of a released entry: longer than any visibility timeout. */
  private static final Duration CLAIMABLE = Duration.ofDays(365);

  private final RedisConnections redis;
  private final RedisKeys keys;
  private final ConsumerName consumer;
  private final Duration visibility;
  private final LongSupplier nanoTime;

  /** Those that were found lost and whose outcome may still be on its way. */
  private final Set<Lease> lost = ConcurrentHashMap.newKeySet();

  // Written by whoever renews.
  private volatile long renewedNanos;

  Leases(
      RedisConnections redis,
      RedisKeys keys,
      ConsumerName consumer,
      Duration visibility,
      LongSupplier nanoTime) {
    this.redis = redis;
    this.keys = keys;
    this.consumer = consumer;
    this.visibility = visibility;
    this.nanoTime = nanoTime;
    renewedNanos = nanoTime.getAsLong();
  }

  /**
   * Whether an entry of the stream is so surely this worker's that it may be acknowledged without
   * asking: the heartbeat was not late, as it is after a frozen process thaws, and did not find it
   * lost.
   */
  boolean surelyHeld(Lease lease) {
    return lease.source() == Source.STREAM
        && nanoTime.getAsLong() - renewedNanos < visibility.toNanos() / 2
        && (lost.isEmpty() || !lost.contains(lease));
  }

  Set<Lease> renew(Collection<Lease> leases) throws StreamUnavailableException {
    long began = nanoTime.getAsLong();
    Set<Lease> found = new HashSet<>();
    for (List<Lease> chunk : chunks(leases)) {
      add(redis.run(call(Script.RENEW, List.of(visibility.toMillis()), chunk)), chunk, found);
    }
    if (lost.size() > MOST_REMEMBERED) {
      lost.clear();
    }
    lost.addAll(found);
    renewedNanos = began;
    return found;
  }

  /** Those that nobody has, so that they could not be released. */
  Set<Lease> release(Collection<Lease> leases) throws StreamUnavailableException {
    List<Object> how = List.of(CLAIMABLE.toMillis(), GroupReader.RELEASED);
    Set<Lease> nobodys = new HashSet<>();
    for (List<Lease> chunk : chunks(leases)) {
      add(redis.run(call(Script.RELEASE, how, chunk)), chunk, nobodys);
    }
    return nobodys;
  }

  private static void add(@Nullable Object numbers, List<Lease> of, Set<Lease> found) {
    for (Object number : Replies.list(numbers)) {
      found.add(of.get((int) Replies.number(number) - 1));
    }
  }

  private Command call(Script script, List<Object> how, List<Lease> leases) {
    List<Object> arguments = new ArrayList<>(4 + 4 * leases.size());
    arguments.add(keys.group());
    arguments.add(consumer.get());
    arguments.addAll(how);
    for (Lease lease : leases) {
      arguments.add(lease.entryId());
      arguments.add(SettlementPipeline.source(lease));
      arguments.add(lease.count());
      arguments.add(lease.fencingToken());
    }
    return Command.call(script, keys.holders(), arguments);
  }

  private static List<List<Lease>> chunks(Collection<Lease> leases) {
    List<Lease> all = List.copyOf(leases);
    List<List<Lease>> chunks = new ArrayList<>();
    for (int from = 0; from < all.size(); from += CHUNK) {
      chunks.add(all.subList(from, Math.min(all.size(), from + CHUNK)));
    }
    return chunks;
  }
}
