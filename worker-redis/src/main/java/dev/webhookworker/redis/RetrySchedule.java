package dev.webhookworker.redis;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.DueRetries;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.Source;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.port.Waking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Protocol;

/** Takes retries whose time has come. For the fetch thread. */
final class RetrySchedule {

  private static final Logger LOG = LoggerFactory.getLogger(RetrySchedule.class);
  private static final Duration NONE_WAITS = Duration.ofHours(1);

  private final RedisConnections redis;
  private final RedisKeys keys;
  private final WorkerConfig config;
  private final Generation generation;
  private final ReplyBounds bounds;
  private final ConsumerName consumer;
  private final String process = UUID.randomUUID().toString();

  // Of the fetch thread: numbers of the last call, and of the last one that was answered.
  private long called;
  private long answered;

  RetrySchedule(
      RedisConnections redis,
      RedisKeys keys,
      WorkerConfig config,
      ConsumerName consumer,
      Generation generation,
      ReplyBounds bounds) {
    this.bounds = bounds;
    this.consumer = consumer;
    this.generation = generation;
    this.redis = redis;
    this.keys = keys;
    this.config = config;
  }

  /** Places at which events are parked. */
  Set<String> parkedPlaces() throws StreamUnavailableException {
    Object places =
        redis
            .runOnFetchConnection(List.of(Command.of(Protocol.Command.SMEMBERS, keys.parked())))
            .get(0);
    return Replies.list(places).stream().map(Replies::text).collect(Collectors.toSet());
  }

  List<Integer> wake(List<Waking> wakings) throws StreamUnavailableException {
    List<Command> commands = new ArrayList<>();
    for (Waking waking : wakings) {
      commands.add(
          Command.call(
              Script.WAKE_PARKED,
              List.of(keys.retry(), keys.retryData(), keys.parked()),
              waking.place(),
              waking.most(),
              waking.first().toMillis(),
              String.valueOf(waking.apart().toNanos() / 1e6)));
    }
    return redis.runOnFetchConnection(commands).stream()
        .map(woken -> (int) Replies.number(woken))
        .toList();
  }

  DueRetries take(int max, boolean suspect) throws StreamUnavailableException {
    called++;
    List<?> reply =
        Replies.list(
            redis
                .runOnFetchConnection(
                    List.of(
                        Command.call(
                            Script.LEASE_RETRIES,
                            List.of(
                                keys.retry(),
                                keys.retryData(),
                                keys.taken(),
                                keys.leased(consumer.get())),
                            max,
                            config.visibilityTimeout().toMillis(),
                            GroupReader.SUSPECT_AFTER,
                            config.maxDeliveries(),
                            suspect ? "1" : "0",
                            process,
                            called,
                            answered,
                            bounds.mostBytes())))
                .get(0));
    answered = called;
    long next = Replies.number(reply.get(0));
    List<Delivery> deliveries = new ArrayList<>();
    for (Object leased : Replies.list(reply.get(2))) {
      List<?> one = Replies.list(leased);
      if (one.get(1) instanceof byte[] frame) {
        RetryFrame retry = RetryFrame.decode(frame);
        String entryId = Replies.text(one.get(0));
        long token = Replies.number(one.get(2));
        deliveries.add(
            new Delivery(
                new Lease(entryId, Source.RETRY, token, token),
                retry.fields(),
                retry.state(),
                (int) Replies.number(one.get(3)),
                retry.mayBeStored() || generation.mayBeStored(entryId)));
      }
    }
    for (Object strange : Replies.list(reply.get(3))) {
      LOG.atWarn()
          .addKeyValue("member", Replies.text(strange))
          .log("Removed from the retry set what is no entry id; somebody else wrote it");
    }
    return new DueRetries(
        deliveries,
        next < 0 ? NONE_WAITS : Duration.ofMillis(next),
        (int) Replies.number(reply.get(1)));
  }
}
