package dev.webhookworker.benchmark;

import dev.webhookworker.EventPublisher;
import dev.webhookworker.OutgoingEvent;
import dev.webhookworker.RedisSettings;
import dev.webhookworker.redis.RedisEventPublisher;
import java.util.ArrayList;
import java.util.List;

/** Our publisher; several at a time by one call. */
final class WorkerPublishing implements Contender {

  private final int atOnce;

  WorkerPublishing(int atOnce) {
    this.atOnce = atOnce;
  }

  @Override
  public void drain(Job job, Latencies latencies) {
    Payloads payloads = new Payloads(1024);
    try (EventPublisher publisher =
        RedisEventPublisher.to(RedisSettings.parse("127.0.0.1:" + job.redisPort()), Job.STREAM)) {
      for (int from = 0; from < job.events(); from += atOnce) {
        List<OutgoingEvent> batch = new ArrayList<>(atOnce);
        for (int i = from; i < from + atOnce; i++) {
          batch.add(OutgoingEvent.of("p-" + i, "push", payloads.of(i)));
        }
        publisher.publishAll(batch);
      }
    }
  }
}
