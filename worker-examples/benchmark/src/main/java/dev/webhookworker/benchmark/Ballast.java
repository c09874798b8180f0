package dev.webhookworker.benchmark;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.params.SetParams;

/** What lies in the servers before a cell begins, to see whether it slows the worker down. */
enum Ballast {
  NONE,

  /** 100,000 retries that are due in an hour. */
  RETRIES {
    @Override
    void lay(Jedis jedis, Connection database) {
      String frame = "x".repeat(1200);
      double due = System.currentTimeMillis() + 3_600_000.0;
      byChunks(
          jedis,
          100_000,
          (pipeline, number) -> {
            String id = "1-" + (number + 1);
            String data = Job.STREAM + "_retry_data";
            pipeline.hset(data, Map.of(id, frame, id + "#token", "1", id + "#base", "1"));
            pipeline.zadd(Job.STREAM + "_retry", due, id);
          });
    }
  },

  /** 1,000,000 event ids that are remembered. */
  MARKS {
    @Override
    void lay(Jedis jedis, Connection database) {
      byChunks(
          jedis,
          1_000_000,
          (pipeline, number) ->
              pipeline.set(
                  Job.MARK + "earlier-" + number,
                  "1795571234567-" + number + ":ASNFZ4mrze8",
                  SetParams.setParams().px(86_400_000)));
    }
  },

  /**
   * 10,000,000 events and their audit rows, all of today: the largest a partition's indexes get.
   */
  ROWS {
    @Override
    void lay(Jedis jedis, Connection database) throws SQLException {
      try (Statement statement = database.createStatement()) {
        statement.execute(
            """
            INSERT INTO worker.webhook_events (event_id, received_at, entry_id, event_type, tool_id,
              payload, correlation_id, attempt, processed_at, worker)
            SELECT 'earlier-' || n, at, n || '-0', 'push', 'default', '{"number":1}', 'earlier-' || n,
              1, at, 'benchmark'
            FROM generate_series(1, 10000000) n, LATERAL (SELECT date_trunc('day', now())
              + n * interval '5 microseconds' AS at) t
            """);
        statement.execute(
            """
            INSERT INTO worker.webhook_audit_log (received_at, at, entry_id, event_id, action,
              attempt, actor)
            SELECT received_at, received_at, entry_id, event_id, 'processed', 1, 'benchmark'
            FROM worker.webhook_events
            """);
        statement.execute("VACUUM ANALYZE worker.webhook_events, worker.webhook_audit_log");
        statement.execute("CHECKPOINT");
      }
    }
  };

  private interface Write {
    void one(Pipeline pipeline, int number);
  }

  /** Lays it; NONE lays nothing. */
  void lay(Jedis jedis, Connection database) throws SQLException {}

  private static void byChunks(Jedis jedis, int count, Write write) {
    for (int from = 0; from < count; from += 1000) {
      Pipeline pipeline = jedis.pipelined();
      for (int i = from; i < from + 1000; i++) {
        write.one(pipeline, i);
      }
      pipeline.sync();
    }
  }
}
