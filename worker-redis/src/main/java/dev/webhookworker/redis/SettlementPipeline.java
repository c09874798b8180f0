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
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol;

/**
 * Carries out a batch of settlements in one pipeline: one XACK for all that is done, and a few
 * script calls for all that moves to the retries or the dead letters. What the XACK does not find,
 * or may not touch, is settled by a script that asks who has it.
 */
final class SettlementPipeline {

  private final RedisConnections redis;
  private final RedisKeys keys;
  private final ConsumerName consumer;
  private final Duration ttl;
  private final Leases leases;

  SettlementPipeline(
      RedisConnections redis, RedisKeys keys, ConsumerName consumer, Duration ttl, Leases leases) {
    this.redis = redis;
    this.keys = keys;
    this.consumer = consumer;
    this.ttl = ttl;
    this.leases = leases;
  }

  List<Settlement.Result> settle(List<Settlement> settlements) throws StreamUnavailableException {
    List<Object> acknowledged = new ArrayList<>(settlements.size() + 2);
    acknowledged.add(keys.stream());
    acknowledged.add(keys.group());
    ScriptCalls reschedules = calls(Script.RESCHEDULE, withParked());
    ScriptCalls burials = calls(Script.BURY, withDeadLetters());
    ScriptCalls finishes = calls(Script.FINISH, withDeadLetters());
    for (int i = 0; i < settlements.size(); i++) {
      Settlement settlement = settlements.get(i);
      if (settlement instanceof Settlement.Reschedule again) {
        reschedules.add(i, mark(again.claim()), arguments(again), again.fields().byteSize());
      } else if (settlement instanceof Settlement.Bury bury) {
        burials.add(i, mark(bury.claim()), arguments(bury), bury.fields().byteSize());
      } else if (settlement instanceof Settlement.AcknowledgeCopy copy) {
        finishes.add(i, keys.noMark(), arguments(copy.lease(), "2", ""), 0);
      } else if (leases.surelyHeld(settlement.lease())) {
        acknowledged.add(settlement.lease().entryId());
      } else {
        Settlement.Acknowledge done = (Settlement.Acknowledge) settlement;
        finishes.add(i, mark(done.claim()), arguments(done), 0);
      }
    }
    List<Command> commands = new ArrayList<>();
    reschedules.addTo(commands);
    burials.addTo(commands);
    finishes.addTo(commands);
    int expected = acknowledged.size() - 2;
    if (expected > 0) {
      commands.add(Command.of(Protocol.Command.XACK, acknowledged.toArray()));
    }
    List<Object> replies = redis.run(commands);
    Settlement.Result[] results = new Settlement.Result[settlements.size()];
    Arrays.fill(results, Settlement.Result.DONE);
    IntConsumer lost = place -> results[place] = Settlement.Result.LOST;
    int answered = reschedules.refused(replies, 0, lost);
    answered = burials.refused(replies, answered, lost);
    answered = finishes.refused(replies, answered, lost);
    if (expected > 0 && Replies.number(replies.get(answered)) < expected) {
      finish(settlements, lost);
    }
    return List.of(results);
  }

  /** Some were not pending: whose they are is asked of each. */
  private void finish(List<Settlement> settlements, IntConsumer lost)
      throws StreamUnavailableException {
    ScriptCalls finishes = calls(Script.FINISH, withDeadLetters());
    for (int i = 0; i < settlements.size(); i++) {
      if (settlements.get(i) instanceof Settlement.Acknowledge done
          && leases.surelyHeld(done.lease())) {
        finishes.add(i, mark(done.claim()), arguments(done), 0);
      }
    }
    List<Command> commands = new ArrayList<>();
    finishes.addTo(commands);
    if (!commands.isEmpty()) {
      finishes.refused(redis.run(commands), 0, lost);
    }
  }

  private ScriptCalls calls(Script script, List<byte[]> common) {
    return new ScriptCalls(script, common, List.of(keys.group(), consumer.get()));
  }

  private List<byte[]> withParked() {
    List<byte[]> all = new ArrayList<>(keys.holders());
    all.add(keys.parked());
    return all;
  }

  private List<byte[]> withDeadLetters() {
    List<byte[]> all = new ArrayList<>(keys.holders());
    all.add(keys.dlq());
    return all;
  }

  private List<Object> arguments(Settlement.Reschedule again) {
    return List.of(
        again.lease().entryId(),
        source(again.lease()),
        again.lease().count(),
        again.lease().fencingToken(),
        new RetryFrame(again.state(), again.fields(), again.unsettledKept(), again.mayBeStored())
            .encode(),
        again.delay().toMillis(),
        owner(again.claim()),
        again.delay().plus(ttl).toMillis(),
        again.parkedAt() == null ? "" : again.parkedAt());
  }

  private static List<Object> arguments(Settlement.Bury bury) {
    List<Object> fields = DeadLetterFields.of(bury.lease().entryId(), bury);
    List<Object> arguments = new ArrayList<>(6 + fields.size());
    arguments.add(bury.lease().entryId());
    arguments.add(source(bury.lease()));
    arguments.add(bury.lease().count());
    arguments.add(bury.lease().fencingToken());
    arguments.add(owner(bury.claim()));
    arguments.add(fields.size());
    arguments.addAll(fields);
    return arguments;
  }

  private List<Object> arguments(Settlement.Acknowledge done) {
    return arguments(done.lease(), done.stored() ? "1" : "0", owner(done.claim()));
  }

  private List<Object> arguments(Lease lease, String why, String owner) {
    return List.of(
        lease.entryId(),
        source(lease),
        lease.count(),
        lease.fencingToken(),
        why,
        owner,
        ttl.toMillis());
  }

  private byte[] mark(@Nullable Claim claim) {
    return claim == null ? keys.noMark() : keys.mark(claim.eventId());
  }

  private static String owner(@Nullable Claim claim) {
    return claim == null ? "" : claim.owner();
  }

  static String source(Lease lease) {
    return lease.source() == Source.STREAM ? "S" : "R";
  }
}
