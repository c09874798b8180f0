package dev.webhookworker.benchmark;

import dev.webhookworker.WebhookEvent;
import dev.webhookworker.Worker;
import dev.webhookworker.spi.WorkerListener;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/**
 * From the making of a worker in a fresh JVM with logging set up to the first event processed and
 * acknowledged, as a latency.
 */
final class WorkerStart implements Contender {

  private final boolean stored;

  WorkerStart(boolean stored) {
    this.stored = stored;
  }

  @Override
  public void drain(Job job, Latencies latencies) throws Exception {
    // The host has its logging set up before it makes a worker.
    LoggerFactory.getLogger(WorkerStart.class);
    long start = System.nanoTime();
    CountDownLatch first = new CountDownLatch(1);
    WorkerListener listener =
        new WorkerListener() {
          @Override
          public void processed(
              WebhookEvent event, String toolId, int attempt, Duration handlerTime) {
            first.countDown();
          }
        };
    try (Worker worker =
        Worker.builder()
            .config(WorkerContender.config(job, stored))
            .listener(listener)
            .processor("*", (event, context) -> {})
            .build()) {
      worker.start();
      first.await();
      latencies.add((System.nanoTime() - start) / 1000);
    }
  }
}
