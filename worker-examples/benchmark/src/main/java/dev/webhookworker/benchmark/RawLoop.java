package dev.webhookworker.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.params.XReadGroupParams;
import redis.clients.jedis.resps.StreamEntry;

/** The limit: one connection, XREADGROUP COUNT 100, pipelined SET NX, one XACK a batch. */
final class RawLoop implements Contender {

  private static final SetParams MARK = SetParams.setParams().nx().px(86_400_000);

  @Override
  public void drain(Job job, Latencies latencies) {
    try (Jedis jedis = new Jedis("127.0.0.1", job.redisPort())) {
      XReadGroupParams params = XReadGroupParams.xReadGroupParams().count(100).block(2000);
      int done = 0;
      while (done < job.events()) {
        List<StreamEntry> entries = read(jedis, "raw", params);
        done += mark(jedis, entries);
        for (StreamEntry entry : entries) {
          latencies.note(() -> entry.getFields().get("payload"));
        }
        acknowledge(jedis, entries);
      }
    }
  }

  static List<StreamEntry> read(Jedis jedis, String consumer, XReadGroupParams params) {
    List<Map.Entry<String, List<StreamEntry>>> streams =
        jedis.xreadGroup(
            Job.GROUP,
            consumer,
            params,
            Map.of(Job.STREAM, StreamEntryID.XREADGROUP_UNDELIVERED_ENTRY));
    return streams == null ? List.of() : streams.get(0).getValue();
  }

  /** How many were new. */
  static int mark(Jedis jedis, List<StreamEntry> entries) {
    List<Response<String>> marks = new ArrayList<>(entries.size());
    Pipeline pipeline = jedis.pipelined();
    for (StreamEntry entry : entries) {
      marks.add(
          pipeline.set(
              Job.MARK + entry.getFields().get("event_id"), entry.getID().toString(), MARK));
    }
    pipeline.sync();
    int fresh = 0;
    for (Response<String> mark : marks) {
      fresh += mark.get() == null ? 0 : 1;
    }
    return fresh;
  }

  static void acknowledge(Jedis jedis, List<StreamEntry> entries) {
    if (!entries.isEmpty()) {
      jedis.xack(
          Job.STREAM,
          Job.GROUP,
          entries.stream().map(StreamEntry::getID).toArray(StreamEntryID[]::new));
    }
  }
}
