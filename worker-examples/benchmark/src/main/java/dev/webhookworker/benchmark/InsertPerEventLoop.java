package dev.webhookworker.benchmark;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.XReadGroupParams;
import redis.clients.jedis.resps.StreamEntry;

/** The loop that a user would write first: a batch is read, each event inserted by itself. */
final class InsertPerEventLoop implements Contender {

  @Override
  public void drain(Job job, Latencies latencies) throws SQLException {
    try (Jedis jedis = new Jedis("127.0.0.1", job.redisPort());
        EventRow row = new EventRow(job)) {
      XReadGroupParams params = XReadGroupParams.xReadGroupParams().count(100).block(2000);
      int done = 0;
      while (done < job.events()) {
        List<StreamEntry> entries = RawLoop.read(jedis, "insert", params);
        RawLoop.mark(jedis, entries);
        for (StreamEntry entry : entries) {
          Map<String, String> fields = entry.getFields();
          row.insert(
              entry.getID().toString(),
              fields.get("event_id"),
              fields.get("event_type"),
              fields.get("payload"));
        }
        RawLoop.acknowledge(jedis, entries);
        done += entries.size();
      }
    }
  }
}
