package dev.webhookworker.benchmark;

import dev.webhookworker.WebhookEvent;
import dev.webhookworker.Worker;
import dev.webhookworker.spi.WorkerListener;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * From the making of a worker in a fresh JVM to the first event processed and acknowledged, as a
 * latency.
 */
final class WorkerStart implements Contender {

  private final boolean stored;

  WorkerStart(boolean stored) {
    this.stored = stored;
  }

  @Override
  public void drain(Job job, Latencies latencies) throws Exception {
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
