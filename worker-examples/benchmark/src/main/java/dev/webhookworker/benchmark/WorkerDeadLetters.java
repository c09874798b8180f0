package dev.webhookworker.benchmark;

import dev.webhookworker.NonRetryableException;
import dev.webhookworker.Worker;
import dev.webhookworker.spi.WorkerListener;
import java.util.concurrent.CountDownLatch;

/** Every event fails for good and moves to the DLQ stream. */
final class WorkerDeadLetters implements Contender {

  @Override
  public void drain(Job job, Latencies latencies) throws Exception {
    CountDownLatch left = new CountDownLatch(job.events());
    try (Worker worker =
        Worker.builder()
            .config(WorkerContender.config(job, false))
            .listener(
                new WorkerListener() {
                  @Override
                  public void deadLettered(String eventType, String reason) {
                    left.countDown();
                  }
                })
            .processor(
                "*",
                (event, context) -> {
                  throw new NonRetryableException("broken for good");
                })
            .build()) {
      worker.start();
      left.await();
    }
  }
}
