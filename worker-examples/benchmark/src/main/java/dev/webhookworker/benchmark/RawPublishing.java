package dev.webhookworker.benchmark;

import java.util.Map;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.StreamEntryID;

/** XADD; several at a time in one pipeline. */
final class RawPublishing implements Contender {

  private final int atOnce;

  RawPublishing(int atOnce) {
    this.atOnce = atOnce;
  }

  @Override
  public void drain(Job job, Latencies latencies) {
    Payloads payloads = new Payloads(1024);
    try (Jedis jedis = new Jedis("127.0.0.1", job.redisPort())) {
      for (int from = 0; from < job.events(); from += atOnce) {
        Pipeline pipeline = jedis.pipelined();
        for (int i = from; i < from + atOnce; i++) {
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
