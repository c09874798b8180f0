package dev.webhookworker.benchmark;

import java.time.Duration;
import java.util.Map;
import org.redisson.Redisson;
import org.redisson.api.RStream;
import org.redisson.api.RedissonClient;
import org.redisson.api.stream.StreamMessageId;
import org.redisson.api.stream.StreamReadGroupArgs;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/** A loop on Redisson's RStream: a mark for each event by setIfAbsent, a batch acknowledged. */
final class RedissonLoop implements Contender {

  private final boolean stored;

  RedissonLoop(boolean stored) {
    this.stored = stored;
  }

  @Override
  public void drain(Job job, Latencies latencies) throws Exception {
    Config config = new Config();
    config.setCodec(StringCodec.INSTANCE);
    config.useSingleServer().setAddress("redis://127.0.0.1:" + job.redisPort());
    RedissonClient client = Redisson.create(config);
    RStream<String, String> stream = client.getStream(Job.STREAM);
    try (AutoCloseable rows = stored ? new EventRow(job) : () -> {}) {
      int done = 0;
      while (done < job.events()) {
        Map<StreamMessageId, Map<String, String>> batch =
            stream.readGroup(
                Job.GROUP,
                "redisson",
                StreamReadGroupArgs.neverDelivered().count(100).timeout(Duration.ofSeconds(2)));
        for (Map.Entry<StreamMessageId, Map<String, String>> entry : batch.entrySet()) {
          Map<String, String> fields = entry.getValue();
          client
              .getBucket(Job.MARK + fields.get("event_id"))
              .setIfAbsent(entry.getKey().toString(), Duration.ofHours(24));
          if (rows instanceof EventRow row) {
            row.insert(
                entry.getKey().toString(),
                fields.get("event_id"),
                fields.get("event_type"),
                fields.get("payload"));
          }
        }
        if (!batch.isEmpty()) {
          stream.ack(Job.GROUP, batch.keySet().toArray(StreamMessageId[]::new));
        }
        done += batch.size();
      }
    }
  }
}
