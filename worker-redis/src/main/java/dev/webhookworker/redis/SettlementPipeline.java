package dev.webhookworker.redis;

import dev.webhookworker.port.Claim;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.Settlement;
import dev.webhookworker.port.Source;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol;

/** Carries out a batch of settlements in one pipeline: one XACK for all that is done. */
final class SettlementPipeline {

  private static final byte[] NO_MARK = {};

  private final RedisConnections redis;
  private final RedisKeys keys;
  private final ConsumerName consumer;
  private final Duration ttl;

  SettlementPipeline(RedisConnections redis, RedisKeys keys, ConsumerName consumer, Duration ttl) {
    this.redis = redis;
    this.keys = keys;
    this.consumer = consumer;
    this.ttl = ttl;
  }

  List<Settlement.Result> settle(List<Settlement> settlements) throws StreamUnavailableException {
    Settlement.Result[] results = new Settlement.Result[settlements.size()];
    Arrays.fill(results, Settlement.Result.DONE);
    List<Object> acknowledged = new ArrayList<>(settlements.size() + 2);
    acknowledged.add(keys.stream());
    acknowledged.add(keys.group());
    List<Object> finishedRetries = new ArrayList<>();
    List<Command> commands = new ArrayList<>();
    List<Integer> askers = new ArrayList<>();
    for (int i = 0; i < results.length; i++) {
      Settlement settlement = settlements.get(i);
      Lease lease = settlement.lease();
      if (settlement instanceof Settlement.Reschedule again) {
        commands.add(reschedule(again));
        askers.add(i);
      } else if (settlement instanceof Settlement.Bury bury) {
        commands.add(bury(bury));
        askers.add(i);
      } else if (lease.source() == Source.STREAM) {
        acknowledged.add(lease.entryId());
      } else {
        finishedRetries.add(lease.entryId());
      }
    }
    if (acknowledged.size() > 2) {
      commands.add(Command.of(Protocol.Command.XACK, acknowledged.toArray()));
    }
    if (!finishedRetries.isEmpty()) {
      commands.add(
          Command.call(
              Script.FINISH_RETRIES,
              List.of(keys.retry(), keys.retryData(), keys.dlq(), keys.deadLetters()),
              finishedRetries));
    }
    List<Object> replies = redis.run(commands);
    for (int i = 0; i < askers.size(); i++) {
      if (Replies.number(replies.get(i)) == 0) {
        results[askers.get(i)] = Settlement.Result.LOST;
      }
    }
    return List.of(results);
  }

  private Command reschedule(Settlement.Reschedule again) {
    Lease lease = again.lease();
    return Command.call(
        Script.RESCHEDULE,
        List.of(keys.stream(), keys.retry(), keys.retryData(), mark(again.claim()), keys.meta()),
        keys.group(),
        consumer.get(),
        lease.entryId(),
        source(lease),
        lease.count(),
        new RetryFrame(again.state(), again.fields()).encode(),
        again.delay().toMillis(),
        again.fencingToken(),
        owner(again.claim()),
        again.delay().plus(ttl).toMillis());
  }

  private Command bury(Settlement.Bury bury) {
    Lease lease = bury.lease();
    Claim claim = bury.claim();
    List<Object> arguments = new ArrayList<>();
    arguments.add(keys.group());
    arguments.add(consumer.get());
    arguments.add(lease.entryId());
    arguments.add(source(lease));
    arguments.add(lease.count());
    arguments.add(owner(claim));
    arguments.addAll(DeadLetterFields.of(lease.entryId(), bury));
    return Command.call(
        Script.BURY,
        List.of(
            keys.stream(),
            keys.retry(),
            keys.retryData(),
            mark(claim),
            keys.dlq(),
            keys.deadLetters(),
            keys.meta()),
        arguments);
  }

  private byte[] mark(@Nullable Claim claim) {
    return claim == null ? NO_MARK : keys.mark(claim.eventId());
  }

  private static String owner(@Nullable Claim claim) {
    return claim == null ? "" : claim.owner();
  }

  static String source(Lease lease) {
    return lease.source() == Source.STREAM ? "S" : "R";
  }
}
