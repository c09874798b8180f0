package dev.webhookworker.benchmark;

import java.util.Map;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.StreamEntryID;

/** Pipelined XADD, 100 a time. */
final class RawPublishing implements Contender {

  @Override
  public void drain(Job job, Latencies latencies) {
    Payloads payloads = new Payloads(1024);
    try (Jedis jedis = new Jedis("127.0.0.1", job.redisPort())) {
      for (int from = 0; from < job.events(); from += 100) {
        Pipeline pipeline = jedis.pipelined();
        for (int i = from; i < from + 100; i++) {
          pipeline.xadd(
              Job.STREAM,
              StreamEntryID.NEW_ENTRY,
              Map.of("event_id", "p-" + i, "event_type", "push", "payload", payloads.of(i)));
        }
        pipeline.sync();
      }
    }
  }
}
