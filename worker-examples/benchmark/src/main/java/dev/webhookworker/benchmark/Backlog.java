package dev.webhookworker.benchmark;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.StreamEntryID;

/** Puts events on an empty stream. */
final class Backlog {

  private static final int PIPELINE = 500;

  private final Jedis jedis;
  private final Cells cell;
  private final Payloads payloads;

  Backlog(Jedis jedis, Cells cell) {
    this.jedis = jedis;
    this.cell = cell;
    this.payloads = new Payloads(cell.payloadBytes());
  }

  void fill() {
    for (int from = 0; from < cell.events(); from += PIPELINE) {
      Pipeline pipeline = jedis.pipelined();
      for (int i = from; i < Math.min(cell.events(), from + PIPELINE); i++) {
        pipeline.xadd(Job.STREAM, StreamEntryID.NEW_ENTRY, fields(i, payloads.of(i)));
      }
      pipeline.sync();
    }
  }

  /** One XADD after the other, evenly spread over time. */
  void feed() {
    long start = System.nanoTime();
    long each = TimeUnit.SECONDS.toNanos(1) / cell.perSecond();
    for (int i = 0; i < cell.events(); i++) {
      long due = start + i * each;
      while (System.nanoTime() - due < 0) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      jedis.xadd(Job.STREAM, StreamEntryID.NEW_ENTRY, fields(i, payloads.sentNow(i)));
    }
  }

  private static Map<String, String> fields(int number, String payload) {
    return Map.of(
        "event_id",
        "bench-" + number,
        "event_type",
        "push",
        "repo_name",
        "octo/hello",
        "sender_name",
        "ada",
        "payload",
        payload);
  }
}
