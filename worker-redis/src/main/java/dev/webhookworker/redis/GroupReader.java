package dev.webhookworker.redis;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.Recovered;
import dev.webhookworker.port.Source;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol;

/** Reads entries of the group: new ones, own pending ones, abandoned ones. For the fetch thread. */
final class GroupReader {

  static final int SUSPECT_AFTER = 2;

  /** The consumer that has what was released: an index of it, which needs no look at the rest. */
  static final String RELEASED = "(released)";

  /** While one look of all workers has just found nothing, nobody else looks. */
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(900);

  private static final int PAGE = 1000;
  private static final int ARGUMENTS_WITHOUT_ENTRIES = 5;

  /** After an entry that was too large, or more than a reply may have, Redis judges each. */
  private static final Duration CAREFUL = Duration.ofMinutes(10);

  private static final Duration BETWEEN_CAREFUL_READS = Duration.ofMillis(50);

  private final RedisConnections redis;
  private final RedisKeys keys;
  private final WorkerConfig config;
  private final ConsumerName consumer;
  private final Generation generation;
  private final PunctualEnd punctualEnd;
  private final ReplyBounds bounds;

  // Written by the fetch thread; by the clock of the machine, as the idle times that it is compared
  // with.
  private long namedAtNanos;

  // Of the fetch thread; by the clock that is given.
  private boolean careful;
  private long carefulUntilNanos;

  GroupReader(
      RedisConnections redis,
      RedisKeys keys,
      WorkerConfig config,
      ConsumerName consumer,
      Generation generation,
      PunctualEnd punctualEnd,
      ReplyBounds bounds) {
    this.redis = redis;
    this.keys = keys;
    this.config = config;
    this.consumer = consumer;
    this.generation = generation;
    this.punctualEnd = punctualEnd;
    this.bounds = bounds;
  }

  /**
   * The consumer name is this process's from now on: what was given to the name before was another
   * process's, and ended uncleanly with it.
   */
  void named() {
    if (namedAtNanos == 0) {
      letTwoMillisecondsPass();
      namedAtNanos = System.nanoTime();
    }
  }

  /**
   * The server tells idle times in whole milliseconds. What the name was given by its last process
   * in the millisecond before would else look as if it had been given to this one.
   */
  private static void letTwoMillisecondsPass() {
    try {
      TimeUnit.MILLISECONDS.sleep(2);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  List<Delivery> read(int max, Duration wait) throws StreamUnavailableException {
    if (isCareful()) {
      return readCarefully(max, wait);
    }
    Reading reading = reading(max, wait);
    if (wait.toMillis() == 0) {
      return deliveries(reading, redis.runOnFetchConnection(reading.commands()));
    }
    Future<?> end = punctualEnd.after(wait);
    try {
      return deliveries(reading, redis.runOnFetchConnection(reading.commands()));
    } finally {
      end.cancel(false);
    }
  }

  /** A script can't wait for entries. */
  private List<Delivery> readCarefully(int max, Duration wait) throws StreamUnavailableException {
    long end = System.nanoTime() + wait.toNanos();
    while (true) {
      Reading reading = reading(max, Duration.ZERO);
      List<Delivery> found = deliveries(reading, redis.runOnFetchConnection(reading.commands()));
      long left = end - System.nanoTime();
      if (!found.isEmpty() || left <= 0) {
        return found;
      }
      try {
        TimeUnit.NANOSECONDS.sleep(Math.min(left, BETWEEN_CAREFUL_READS.toNanos()));
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        return found;
      }
    }
  }

  private boolean isCareful() {
    careful &= generation.now() - carefulUntilNanos < 0;
    return careful;
  }

  private void beCareful(boolean metLargeOnes) {
    if (metLargeOnes) {
      careful = true;
      carefulUntilNanos = generation.now() + CAREFUL.toNanos();
    }
  }

  /**
   * A read of new entries, to be sent now; {@link #deliveries} understands its replies.
   *
   * @param judged whether a script has looked at each entry
   */
  record Reading(List<Command> commands, long sentAtNanos, boolean judged) {}

  Reading reading(int max, Duration wait) {
    boolean judged = isCareful();
    return new Reading(
        List.of(judged ? judgedRead(max) : plainRead(max, wait), Generation.ask(keys)),
        generation.now(),
        judged);
  }

  private Command judgedRead(int max) {
    return Command.call(
        Script.READ,
        List.of(keys.stream()),
        keys.group(),
        consumer.get(),
        max,
        bounds.largestEntry(),
        bounds.mostBytes());
  }

  private Command plainRead(int max, Duration wait) {
    List<Object> arguments = new ArrayList<>();
    arguments.add("GROUP");
    arguments.add(keys.group());
    arguments.add(consumer.get());
    arguments.add("COUNT");
    arguments.add(max);
    if (wait.toMillis() > 0) {
      arguments.add("BLOCK");
      arguments.add(wait.toMillis());
    }
    arguments.add("STREAMS");
    arguments.add(keys.stream());
    arguments.add(">");
    return Command.of(Protocol.Command.XREADGROUP, arguments.toArray());
  }

  List<Delivery> deliveries(Reading reading, List<Object> replies) {
    List<?> entries =
        reading.judged()
            ? Replies.list(replies.get(0))
            : Replies.entriesOfFirstStream(replies.get(0));
    generation.note(replies.get(1), reading.sentAtNanos(), !entries.isEmpty());
    List<Delivery> deliveries = new ArrayList<>(entries.size());
    for (Object entry : entries) {
      List<?> one = Replies.list(entry);
      long tooLarge = reading.judged() ? Replies.number(one.get(2)) : 0;
      deliveries.add(delivery(one.get(0), 1, one.get(1), tooLarge));
    }
    return deliveries;
  }

  Recovered ownPending(Set<String> held, boolean crashed) throws StreamUnavailableException {
    List<Delivery> deliveries = new ArrayList<>();
    List<String> vanished = new ArrayList<>();
    String from = "-";
    while (true) {
      List<?> page =
          Replies.list(
              redis
                  .runOnFetchConnection(
                      List.of(
                          Command.of(
                              Protocol.Command.XPENDING,
                              keys.stream(),
                              keys.group(),
                              from,
                              "+",
                              PAGE,
                              consumer.get())))
                  .get(0));
      List<Object> unheard = claiming(0);
      List<Object> left = claiming(1);
      // Rounded up, as the idle time is: the server takes it of two times in whole milliseconds.
      long age = (System.nanoTime() - namedAtNanos + 999_999) / 1_000_000;
      for (Object pending : page) {
        List<?> one = Replies.list(pending);
        String id = Replies.text(one.get(0));
        from = "(" + id;
        if (held.contains(id)) {
          continue;
        }
        if (Replies.number(one.get(2)) <= age) {
          // Given to this process; the reply was lost.
          unheard.add(id);
          unheard.add(one.get(3));
        } else if (crashed && Replies.number(one.get(3)) < SUSPECT_AFTER) {
          // What may have to run alone is left to recovery, which comes when its idle time is over.
          left.add(id);
          left.add(one.get(3));
        }
      }
      take(unheard, deliveries, vanished);
      take(left, deliveries, vanished);
      if (page.size() < PAGE) {
        return new Recovered(deliveries, 0, vanished);
      }
    }
  }

  /** The arguments of a claim, without entries. */
  private List<Object> claiming(int uncleanEnds) {
    List<Object> arguments = new ArrayList<>();
    arguments.add(keys.group());
    arguments.add(consumer.get());
    arguments.add(uncleanEnds);
    arguments.add(bounds.largestEntry());
    arguments.add(bounds.mostBytes());
    return arguments;
  }

  private void take(List<Object> arguments, List<Delivery> deliveries, List<String> vanished)
      throws StreamUnavailableException {
    if (arguments.size() == ARGUMENTS_WITHOUT_ENTRIES) {
      return;
    }
    long sentAt = generation.now();
    List<Object> replies =
        redis.runOnFetchConnection(
            List.of(
                Command.call(
                    Script.CLAIM, List.of(keys.stream(), keys.meta(), keys.taken()), arguments),
                Generation.ask(keys)));
    List<?> reply = Replies.list(replies.get(0));
    generation.note(replies.get(1), sentAt, !Replies.list(reply.get(1)).isEmpty());
    Replies.list(reply.get(0)).forEach(id -> vanished.add(Replies.text(id)));
    beCareful(Replies.number(reply.get(2)) == 1);
    deliveries.addAll(deliveries(reply.get(1)));
  }

  Recovered recover(int max, boolean suspect) throws StreamUnavailableException {
    long sentAt = generation.now();
    List<Object> replies =
        redis.runOnFetchConnection(
            List.of(
                Command.call(
                    Script.RECOVER,
                    List.of(keys.stream(), keys.meta(), keys.taken(), keys.recoveryLock()),
                    keys.group(),
                    consumer.get(),
                    config.visibilityTimeout().toMillis(),
                    max,
                    SUSPECT_AFTER,
                    config.maxDeliveries(),
                    suspect ? "1" : "0",
                    RELEASED,
                    BETWEEN_LOOKS.toMillis(),
                    bounds.largestEntry(),
                    bounds.mostBytes()),
                Generation.ask(keys)));
    List<?> reply = Replies.list(replies.get(0));
    generation.note(replies.get(1), sentAt, !Replies.list(reply.get(2)).isEmpty());
    List<String> vanished = new ArrayList<>();
    Replies.list(reply.get(1)).forEach(id -> vanished.add(Replies.text(id)));
    beCareful(Replies.number(reply.get(3)) == 1);
    return new Recovered(deliveries(reply.get(2)), (int) Replies.number(reply.get(0)), vanished);
  }

  private List<Delivery> deliveries(@Nullable Object reply) {
    List<Delivery> deliveries = new ArrayList<>();
    for (Object taken : Replies.list(reply)) {
      List<?> one = Replies.list(taken);
      long tooLarge = Replies.number(one.get(3));
      deliveries.add(delivery(one.get(0), Replies.number(one.get(1)), one.get(2), tooLarge));
    }
    return deliveries;
  }

  private Delivery delivery(
      @Nullable Object id, long count, @Nullable Object fields, long tooLarge) {
    beCareful(tooLarge > 0);
    String entryId = Replies.text(id);
    return new Delivery(
        new Lease(entryId, Source.STREAM, count, generation.token(count)),
        Replies.fields(fields, tooLarge),
        AttemptState.NEW,
        (int) count - 1,
        generation.mayBeStored(entryId));
  }
}
