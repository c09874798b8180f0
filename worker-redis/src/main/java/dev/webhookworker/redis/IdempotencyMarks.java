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

  private static final byte[] NX = Command.bytes("NX");
  private static final byte[] PX = Command.bytes("PX");

  private final RedisConnections redis;
  private final RedisKeys keys;
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
    Questions asked = ask(deliveries, claims);
    List<Command> commands = asked.commands();
    return answers(asked, commands.isEmpty() ? List.of() : redis.runOnFetchConnection(commands));
  }

  /**
   * The first look at the marks.
   *
   * @param set the claims of events that are surely new here, by their place: a command each
   * @param looked the claims that have to be looked at, by a script, with their sources
   */
  record Questions(
      List<Claim> claims,
      List<Integer> set,
      List<Integer> looked,
      List<String> sources,
      List<Command> commands) {}

  Questions ask(List<Delivery> deliveries, List<Claim> claims) {
    String settledUpTo = generation.redeliveredUpTo();
    boolean late = generation.age().compareTo(trusted) > 0;
    List<Integer> set = new ArrayList<>(claims.size());
    List<Integer> looked = new ArrayList<>();
    List<String> sources = new ArrayList<>();
    List<Command> commands = new ArrayList<>(claims.size());
    for (int i = 0; i < claims.size(); i++) {
      Delivery delivery = deliveries.get(i);
      if (late || mayBeDead(delivery, settledUpTo)) {
        looked.add(i);
        sources.add(SettlementPipeline.source(delivery.lease()));
      } else {
        set.add(i);
        commands.add(set(claims.get(i)));
      }
    }
    return new Questions(claims, set, looked, sources, commands);
  }

  /** Takes a closer look at those that need one and at the few whose mark was there already. */
  List<Admission> answers(Questions asked, List<Object> replies) throws StreamUnavailableException {
    @Nullable Admission[] answers = new Admission[asked.claims().size()];
    List<Integer> places = new ArrayList<>(asked.looked());
    List<String> sources = new ArrayList<>(asked.sources());
    for (int i = 0; i < asked.set().size(); i++) {
      int place = asked.set().get(i);
      if (replies.get(i) != null) {
        answers[place] = Admission.FRESH;
      } else {
        places.add(place);
        sources.add("");
      }
    }
    if (!places.isEmpty()) {
      List<Claim> claims = places.stream().map(asked.claims()::get).toList();
      List<?> found = Replies.list(redis.run(look(claims, sources)));
      for (int i = 0; i < found.size(); i++) {
        answers[places.get(i)] = answer(Replies.list(found.get(i)));
      }
    }
    generation.admitted();
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

  private Command look(List<Claim> claims, List<String> deadLettersOf) {
    List<byte[]> named = new ArrayList<>(4 + claims.size());
    named.add(keys.stream());
    named.add(keys.retry());
    named.add(keys.deadLetters());
    named.add(keys.discarded());
    List<Object> arguments = new ArrayList<>(2 + 4 * claims.size());
    arguments.add(keys.group());
    arguments.add(ttl);
    for (int i = 0; i < claims.size(); i++) {
      Claim claim = claims.get(i);
      named.add(keys.mark(claim.eventId()));
      arguments.add(claim.owner());
      arguments.add(claim.entryId());
      arguments.add(claim.bodyHash());
      arguments.add(deadLettersOf.get(i));
    }
    return Command.call(Script.ADMIT, named, arguments);
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
