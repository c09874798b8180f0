package dev.webhookworker.benchmark;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.XReadGroupParams;
import redis.clients.jedis.resps.StreamEntry;

/**
 * The best batched loop that writes the same two rows: two connections, 1,000 events a transaction,
 * one multi-row statement, then one XACK.
 */
final class RawStoredLoop implements Contender {

  private static final int LOOPS = 2;
  private static final String INSERT =
      """
      WITH stored AS (
        INSERT INTO worker.webhook_events (event_id, received_at, entry_id, event_type, tool_id,
          payload, correlation_id, attempt, processed_at, worker)
        SELECT event_id, 'epoch'::timestamptz + received * interval '1 millisecond', entry_id,
          event_type, 'default', payload::json, event_id, 1, now(), 'raw'
        FROM (SELECT unnest(?::text[]) AS event_id, unnest(?::bigint[]) AS received,
          unnest(?::text[]) AS entry_id, unnest(?::text[]) AS event_type,
          unnest(?::text[]) AS payload) AS row
        ON CONFLICT DO NOTHING
        RETURNING received_at, processed_at, entry_id, event_id
      )
      INSERT INTO worker.webhook_audit_log
        (received_at, at, entry_id, event_id, action, attempt, actor)
      SELECT received_at, processed_at, entry_id, event_id, 'processed', 1, 'raw' FROM stored
      """;

  @Override
  public void drain(Job job, Latencies latencies) throws Exception {
    AtomicInteger left = new AtomicInteger(job.events());
    ExecutorService threads = Executors.newFixedThreadPool(LOOPS);
    List<Future<?>> loops = new ArrayList<>();
    for (int i = 0; i < LOOPS; i++) {
      String consumer = "raw-" + i;
      loops.add(
          threads.submit(
              () -> {
                loop(job, consumer, left, latencies);
                return null;
              }));
    }
    for (Future<?> loop : loops) {
      loop.get();
    }
  }

  private static void loop(Job job, String consumer, AtomicInteger left, Latencies latencies)
      throws SQLException {
    try (Jedis jedis = new Jedis("127.0.0.1", job.redisPort());
        Connection connection = DriverManager.getConnection(job.jdbcUrl());
        PreparedStatement insert = connection.prepareStatement(INSERT)) {
      connection.setAutoCommit(false);
      XReadGroupParams params = XReadGroupParams.xReadGroupParams().count(1000).block(500);
      while (left.get() > 0) {
        List<StreamEntry> entries = RawLoop.read(jedis, consumer, params);
        if (entries.isEmpty()) {
          continue;
        }
        RawLoop.mark(jedis, entries);
        insert.setArray(1, texts(connection, entries, entry -> entry.getFields().get("event_id")));
        Long[] received = new Long[entries.size()];
        for (int i = 0; i < received.length; i++) {
          received[i] = entries.get(i).getID().getTime();
        }
        insert.setArray(2, connection.createArrayOf("int8", received));
        insert.setArray(3, texts(connection, entries, entry -> entry.getID().toString()));
        insert.setArray(
            4, texts(connection, entries, entry -> entry.getFields().get("event_type")));
        insert.setArray(5, texts(connection, entries, entry -> entry.getFields().get("payload")));
        insert.executeUpdate();
        connection.commit();
        RawLoop.acknowledge(jedis, entries);
        entries.forEach(entry -> latencies.note(() -> entry.getFields().get("payload")));
        left.addAndGet(-entries.size());
      }
    }
  }

  private static java.sql.Array texts(
      Connection connection, List<StreamEntry> entries, Function<StreamEntry, String> field)
      throws SQLException {
    return connection.createArrayOf("text", entries.stream().map(field).toArray(String[]::new));
  }
}
