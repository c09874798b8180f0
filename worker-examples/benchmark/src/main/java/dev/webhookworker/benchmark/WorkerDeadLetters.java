package dev.webhookworker.benchmark;

import dev.webhookworker.NonRetryableException;
import dev.webhookworker.Worker;
import dev.webhookworker.spi.WorkerListener;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Every event fails for good. */
final class WorkerDeadLetters implements Contender {

  private final boolean drained;

  /**
   * @param drained whether the cell ends when all have their row in {@code webhook_dlq}, not when
   *     all are in the DLQ stream
   */
  WorkerDeadLetters(boolean drained) {
    this.drained = drained;
  }

  @Override
  public void drain(Job job, Latencies latencies) throws Exception {
    CountDownLatch dead = new CountDownLatch(job.events());
    try (Worker worker =
        Worker.builder()
            .config(WorkerContender.config(job, drained))
            .listener(
                new WorkerListener() {
                  @Override
                  public void deadLettered(String eventType, String reason) {
                    dead.countDown();
                  }
                })
            .processor(
                "*",
                (event, context) -> {
                  throw new NonRetryableException("broken for good");
                })
            .build()) {
      worker.start();
      dead.await();
      if (drained) {
        awaitRows(job);
      }
    }
  }

  static void awaitRows(Job job) throws SQLException, InterruptedException {
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
}
