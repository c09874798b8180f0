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

/**
 * Carries out a batch of settlements in one pipeline: one XACK for all that is done, and a few
 * script calls for all that moves to the retries or the dead letters.
 */
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
    List<Object> acknowledged = new ArrayList<>(settlements.size() + 2);
    acknowledged.add(keys.stream());
    acknowledged.add(keys.group());
    List<Object> finishedRetries = new ArrayList<>();
    List<byte[]> common = List.of(keys.stream(), keys.retry(), keys.retryData(), keys.meta());
    List<byte[]> withDeadLetters = new ArrayList<>(common);
    withDeadLetters.add(keys.dlq());
    withDeadLetters.add(keys.deadLetters());
    List<Object> owner = List.of(keys.group(), consumer.get());
    ScriptCalls reschedules = new ScriptCalls(Script.RESCHEDULE, common, owner);
    ScriptCalls burials = new ScriptCalls(Script.BURY, withDeadLetters, owner);
    for (int i = 0; i < settlements.size(); i++) {
      Settlement settlement = settlements.get(i);
      Lease lease = settlement.lease();
      if (settlement instanceof Settlement.Reschedule again) {
        reschedules.add(i, mark(again.claim()), arguments(again), again.fields().byteSize());
      } else if (settlement instanceof Settlement.Bury bury) {
        burials.add(i, mark(bury.claim()), arguments(bury), bury.fields().byteSize());
      } else if (lease.source() == Source.STREAM) {
        acknowledged.add(lease.entryId());
      } else {
        finishedRetries.add(lease.entryId());
      }
    }
    List<Command> commands = new ArrayList<>();
    reschedules.addTo(commands);
    burials.addTo(commands);
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
    Settlement.Result[] results = new Settlement.Result[settlements.size()];
    Arrays.fill(results, Settlement.Result.DONE);
    int answered = reschedules.refused(replies, 0, lost -> results[lost] = Settlement.Result.LOST);
    burials.refused(replies, answered, lost -> results[lost] = Settlement.Result.LOST);
    return List.of(results);
  }

  private List<Object> arguments(Settlement.Reschedule again) {
    return List.of(
        again.lease().entryId(),
        source(again.lease()),
        again.lease().count(),
        new RetryFrame(again.state(), again.fields()).encode(),
        again.delay().toMillis(),
        again.fencingToken(),
        owner(again.claim()),
        again.delay().plus(ttl).toMillis());
  }

  private static List<Object> arguments(Settlement.Bury bury) {
    List<Object> fields = DeadLetterFields.of(bury.lease().entryId(), bury);
    List<Object> arguments = new ArrayList<>(5 + fields.size());
    arguments.add(bury.lease().entryId());
    arguments.add(source(bury.lease()));
    arguments.add(bury.lease().count());
    arguments.add(owner(bury.claim()));
    arguments.add(fields.size());
    arguments.addAll(fields);
    return arguments;
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
