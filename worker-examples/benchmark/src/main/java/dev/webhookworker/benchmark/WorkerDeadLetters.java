package dev.webhookworker.benchmark;

import dev.webhookworker.BulkRetryPlan;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.Worker;
import dev.webhookworker.spi.WorkerListener;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Every event fails for good. */
final class WorkerDeadLetters implements Contender {

  /** Where the cell ends. */
  enum Until {
    /** All are in the DLQ stream. */
    MOVED,
    /** All have their row in {@code webhook_dlq}. */
    DRAINED,
    /** The handler was mended, all were retried by filter and processed. */
    RETRIED
  }

  private final Until until;
  private volatile boolean mended;

  WorkerDeadLetters(Until until) {
    this.until = until;
  }

  @Override
  public void drain(Job job, Latencies latencies) throws Exception {
    Counting counting = new Counting(job.events());
    try (Worker worker =
        Worker.builder()
            .config(WorkerContender.config(job, until != Until.MOVED))
            .listener(counting)
            .processor("*", (event, context) -> fail())
            .build()) {
      worker.start();
      counting.dead.await();
      if (until != Until.MOVED) {
        awaitRows(job);
      }
      if (until == Until.RETRIED) {
        mended = true;
        worker
            .deadLetters()
            .retryAll(DeadLetterFilter.OPEN, allAtOnce(job), "benchmark", progress -> {});
        counting.processed.await();
      }
    }
  }

  private void fail() {
    if (!mended) {
      throw new NonRetryableException("broken for good");
    }
  }

  private static BulkRetryPlan allAtOnce(Job job) {
    return BulkRetryPlan.CAREFUL
        .withoutCanary()
        .withCap(job.events())
        .withPerSecond(Integer.MAX_VALUE);
  }

  private static void awaitRows(Job job) throws SQLException, InterruptedException {
    try (Connection connection = DriverManager.getConnection(job.jdbcUrl());
        Statement statement = connection.createStatement()) {
      while (true) {
        try (ResultSet row = statement.executeQuery("SELECT count(*) FROM worker.webhook_dlq")) {
          if (row.next() && row.getInt(1) >= job.events()) {
            return;
          }
        }
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
  }

  private static final class Counting implements WorkerListener {
    private final CountDownLatch dead;
    private final CountDownLatch processed;

    Counting(int events) {
      dead = new CountDownLatch(events);
      processed = new CountDownLatch(events);
    }

    @Override
    public void deadLettered(String eventType, String reason) {
      dead.countDown();
    }

    @Override
    public void processed(WebhookEvent event, String toolId, int attempt, Duration handlerTime) {
      processed.countDown();
    }
  }
}
