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
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol;

/** Reads entries of the group: new ones, own pending ones, abandoned ones. For the fetch thread. */
final class GroupReader {

  static final int SUSPECT_AFTER = 2;
  private static final int PAGE = 1000;

  private final RedisConnections redis;
  private final RedisKeys keys;
  private final WorkerConfig config;
  private final ConsumerName consumer;
  private final Generation generation;

  GroupReader(
      RedisConnections redis,
      RedisKeys keys,
      WorkerConfig config,
      ConsumerName consumer,
      Generation generation) {
    this.redis = redis;
    this.keys = keys;
    this.config = config;
    this.consumer = consumer;
    this.generation = generation;
  }

  List<Delivery> read(int max, Duration wait) throws StreamUnavailableException {
    Reading reading = reading(max, wait);
    return deliveries(reading, redis.runOnFetchConnection(reading.commands()));
  }

  /** A read of new entries, to be sent now; {@link #deliveries} understands its replies. */
  record Reading(List<Command> commands, long sentAtNanos) {}

  Reading reading(int max, Duration wait) {
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
    return new Reading(
        List.of(Command.of(Protocol.Command.XREADGROUP, arguments.toArray()), Generation.ask(keys)),
        generation.now());
  }

  List<Delivery> deliveries(Reading reading, List<Object> replies) {
    List<?> entries = Replies.entriesOfFirstStream(replies.get(0));
    generation.note(replies.get(1), reading.sentAtNanos(), !entries.isEmpty());
    List<Delivery> deliveries = new ArrayList<>(entries.size());
    for (Object entry : entries) {
      List<?> idAndFields = Replies.list(entry);
      deliveries.add(delivery(idAndFields.get(0), 1, idAndFields.get(1)));
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
      List<Object> arguments = new ArrayList<>();
      arguments.add(keys.group());
      arguments.add(consumer.get());
      arguments.add(crashed ? 1 : 0);
      for (Object pending : page) {
        List<?> one = Replies.list(pending);
        String id = Replies.text(one.get(0));
        from = "(" + id;
        int unsettled = (int) Replies.number(one.get(3));
        // What may have to run alone is left to recovery, which comes when its idle time is over.
        boolean suspect = crashed && unsettled >= SUSPECT_AFTER;
        if (!held.contains(id) && !suspect) {
          arguments.add(id);
          arguments.add(one.get(3));
        }
      }
      if (arguments.size() > 3) {
        take(arguments, deliveries, vanished);
      }
      if (page.size() < PAGE) {
        return new Recovered(deliveries, 0, vanished);
      }
    }
  }

  private void take(List<Object> arguments, List<Delivery> deliveries, List<String> vanished)
      throws StreamUnavailableException {
    long sentAt = generation.now();
    List<Object> replies =
        redis.runOnFetchConnection(
            List.of(
                Command.call(Script.CLAIM, List.of(keys.stream()), arguments),
                Generation.ask(keys)));
    List<?> reply = Replies.list(replies.get(0));
    generation.note(replies.get(1), sentAt, !Replies.list(reply.get(1)).isEmpty());
    Replies.list(reply.get(0)).forEach(id -> vanished.add(Replies.text(id)));
    deliveries.addAll(deliveries(reply.get(1)));
  }

  Recovered recover(int max, boolean suspect) throws StreamUnavailableException {
    long sentAt = generation.now();
    List<Object> replies =
        redis.runOnFetchConnection(
            List.of(
                Command.call(
                    Script.RECOVER,
                    List.of(keys.stream()),
                    keys.group(),
                    consumer.get(),
                    config.visibilityTimeout().toMillis(),
                    max,
                    SUSPECT_AFTER,
                    config.maxDeliveries(),
                    suspect ? "1" : "0"),
                Generation.ask(keys)));
    List<?> reply = Replies.list(replies.get(0));
    generation.note(replies.get(1), sentAt, !Replies.list(reply.get(2)).isEmpty());
    List<String> vanished = new ArrayList<>();
    Replies.list(reply.get(1)).forEach(id -> vanished.add(Replies.text(id)));
    return new Recovered(deliveries(reply.get(2)), (int) Replies.number(reply.get(0)), vanished);
  }

  private List<Delivery> deliveries(@Nullable Object reply) {
    List<Delivery> deliveries = new ArrayList<>();
    for (Object taken : Replies.list(reply)) {
      List<?> one = Replies.list(taken);
      deliveries.add(delivery(one.get(0), Replies.number(one.get(1)), one.get(2)));
    }
    return deliveries;
  }

  private Delivery delivery(@Nullable Object id, long count, @Nullable Object fields) {
    return new Delivery(
        new Lease(Replies.text(id), Source.STREAM, count),
        Replies.fields(fields),
        AttemptState.NEW,
        (int) count - 1,
        generation.token(count));
  }
}
