package dev.webhookworker.redis;

import dev.webhookworker.port.Lease;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Renews and releases what is held. Thread-safe. */
final class Leases {

  /** Lua must not block the server for long: this many entries a call. */
  private static final int CHUNK = 500;

  /** Idle time of a released entry: longer than any visibility timeout. */
  private static final Duration CLAIMABLE = Duration.ofDays(365);

  private final RedisConnections redis;
  private final RedisKeys keys;
  private final ConsumerName consumer;
  private final Duration visibility;

  Leases(RedisConnections redis, RedisKeys keys, ConsumerName consumer, Duration visibility) {
    this.redis = redis;
    this.keys = keys;
    this.consumer = consumer;
    this.visibility = visibility;
  }

  Set<Lease> renew(Collection<Lease> leases) throws StreamUnavailableException {
    Set<Lease> lost = new HashSet<>();
    for (List<Lease> chunk : chunks(leases)) {
      Object reply = redis.run(call(Script.RENEW, visibility, chunk));
      for (Object number : Replies.list(reply)) {
        lost.add(chunk.get((int) Replies.number(number) - 1));
      }
    }
    return lost;
  }

  void release(Collection<Lease> leases) throws StreamUnavailableException {
    for (List<Lease> chunk : chunks(leases)) {
      redis.run(call(Script.RELEASE, CLAIMABLE, chunk));
    }
  }

  private Command call(Script script, Duration time, List<Lease> leases) {
    List<Object> arguments = new ArrayList<>(3 + 3 * leases.size());
    arguments.add(keys.group());
    arguments.add(consumer.get());
    arguments.add(time.toMillis());
    for (Lease lease : leases) {
      arguments.add(lease.entryId());
      arguments.add(SettlementPipeline.source(lease));
      arguments.add(lease.count());
    }
    return Command.call(script, List.of(keys.stream(), keys.retry(), keys.retryData()), arguments);
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
