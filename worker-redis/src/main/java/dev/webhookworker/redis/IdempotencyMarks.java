package dev.webhookworker.redis;

import dev.webhookworker.port.Admission;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.EntryIds;
import dev.webhookworker.port.Source;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol;

/**
 * One write for an event that is new; a closer look, atomic in a script, for the few whose mark is
 * there already. Thread-safe.
 */
final class IdempotencyMarks {

  private final RedisConnections redis;
  private final RedisKeys keys;
  private static final byte[] NX = Command.bytes("NX");
  private static final byte[] PX = Command.bytes("PX");

  private final byte[] ttl;
  private final Duration trusted;
  private final Generation generation;

  /**
   * @param trusted how long after it was read an entry is surely still this worker's
   */
  IdempotencyMarks(
      RedisConnections redis,
      RedisKeys keys,
      Duration ttl,
      Duration trusted,
      Generation generation) {
    this.redis = redis;
    this.keys = keys;
    this.ttl = Command.bytes(Long.toString(ttl.toMillis()));
    this.trusted = trusted;
    this.generation = generation;
  }

  List<Admission> admit(List<Delivery> deliveries, List<Claim> claims)
      throws StreamUnavailableException {
    return claims.isEmpty()
        ? List.of()
        : answers(claims, redis.runOnFetchConnection(commands(deliveries, claims)));
  }

  /** The first look at the marks; {@link #answers} understands the replies. */
  List<Command> commands(List<Delivery> deliveries, List<Claim> claims) {
    String settledUpTo = generation.redeliveredUpTo();
    boolean late = generation.age().compareTo(trusted) > 0;
    List<Command> first = new ArrayList<>(claims.size());
    for (int i = 0; i < claims.size(); i++) {
      boolean mayBeDead = late || mayBeDead(deliveries.get(i), settledUpTo);
      first.add(
          mayBeDead
              ? look(claims.get(i), SettlementPipeline.source(deliveries.get(i).lease()))
              : set(claims.get(i)));
    }
    return first;
  }

  /** Takes a second look at the few marks that were there already. */
  List<Admission> answers(List<Claim> claims, List<Object> replies)
      throws StreamUnavailableException {
    @Nullable Admission[] answers = new Admission[claims.size()];
    List<Integer> open = new ArrayList<>();
    List<Command> second = new ArrayList<>();
    for (int i = 0; i < answers.length; i++) {
      Object reply = replies.get(i);
      if (reply instanceof List<?> looked) {
        answers[i] = answer(looked);
      } else if (reply != null) {
        answers[i] = Admission.FRESH;
      } else {
        open.add(i);
        second.add(look(claims.get(i), ""));
      }
    }
    if (!second.isEmpty()) {
      List<Object> looked = redis.runOnFetchConnection(second);
      for (int i = 0; i < open.size(); i++) {
        answers[open.get(i)] = answer(Replies.list(looked.get(i)));
      }
    }
    return Arrays.stream(answers).map(Objects::requireNonNull).toList();
  }

  /**
   * A mark must not be set for what is a dead letter already: a lost group brings such an entry
   * again, and a worker that was paused may still have it in its hands. Retries are few: they are
   * always looked at.
   */
  private static boolean mayBeDead(Delivery delivery, String settledUpTo) {
    return delivery.lease().source() == Source.RETRY
        || (!settledUpTo.equals(Generation.NO_ENTRY)
            && EntryIds.compare(delivery.entryId(), settledUpTo) <= 0);
  }

  boolean takeOver(Claim claim, String owner) throws StreamUnavailableException {
    return Replies.number(
            redis.run(
                Command.call(
                    Script.TAKE_OVER,
                    List.of(keys.mark(claim.eventId())),
                    owner,
                    claim.owner(),
                    ttl)))
        == 1;
  }

  private Command set(Claim claim) {
    return new Command(
        Protocol.Command.SET,
        new byte[][] {keys.mark(claim.eventId()), Command.bytes(claim.owner()), NX, PX, ttl});
  }

  private Command look(Claim claim, String deadLetterOf) {
    return Command.call(
        Script.ADMIT,
        List.of(keys.stream(), keys.retry(), keys.mark(claim.eventId()), keys.deadLetters()),
        keys.group(),
        claim.owner(),
        claim.entryId(),
        claim.bodyHash(),
        ttl,
        deadLetterOf);
  }

  private static Admission answer(List<?> reply) {
    return switch (Replies.text(reply.get(0))) {
      case "fresh" -> Admission.FRESH;
      case "dead" -> Admission.DEAD_ALREADY;
      case "own" -> new Admission.Own(Replies.number(reply.get(1)) == 1);
      default ->
          new Admission.Other(
              Replies.text(reply.get(1)),
              Replies.text(reply.get(2)),
              Replies.number(reply.get(3)) == 1,
              Replies.number(reply.get(4)) == 1);
    };
  }
}
