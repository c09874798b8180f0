package dev.webhookworker.redis;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.DueRetries;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.Source;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Takes retries whose time has come. For the fetch thread. */
final class RetrySchedule {

  private static final Duration NONE_WAITS = Duration.ofHours(1);

  private final RedisConnections redis;
  private final RedisKeys keys;
  private final WorkerConfig config;

  RetrySchedule(RedisConnections redis, RedisKeys keys, WorkerConfig config) {
    this.redis = redis;
    this.keys = keys;
    this.config = config;
  }

  DueRetries take(int max, boolean suspect) throws StreamUnavailableException {
    List<?> reply =
        Replies.list(
            redis
                .runOnFetchConnection(
                    List.of(
                        Command.call(
                            Script.LEASE_RETRIES,
                            List.of(keys.retry(), keys.retryData()),
                            max,
                            config.visibilityTimeout().toMillis(),
                            GroupReader.SUSPECT_AFTER,
                            config.maxDeliveries(),
                            suspect ? "1" : "0")))
                .get(0));
    long next = Replies.number(reply.get(0));
    List<Delivery> deliveries = new ArrayList<>();
    for (Object leased : Replies.list(reply.get(2))) {
      List<?> one = Replies.list(leased);
      if (one.get(1) instanceof byte[] frame) {
        RetryFrame retry = RetryFrame.decode(frame);
        long token = Replies.number(one.get(2));
        deliveries.add(
            new Delivery(
                new Lease(Replies.text(one.get(0)), Source.RETRY, token),
                retry.fields(),
                retry.state(),
                (int) Replies.number(one.get(3)),
                token));
      }
    }
    return new DueRetries(
        deliveries,
        next < 0 ? NONE_WAITS : Duration.ofMillis(next),
        (int) Replies.number(reply.get(1)));
  }
}
