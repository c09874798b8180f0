package dev.webhookworker.benchmark;

import dev.webhookworker.RetryPolicy;
import dev.webhookworker.RetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.spi.WorkerListener;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Every event fails once: each is scheduled as a retry, taken again and processed. */
final class WorkerRetries implements Contender {

  @Override
  public void drain(Job job, Latencies latencies) throws Exception {
    CountDownLatch left = new CountDownLatch(job.events());
    WorkerConfig config =
        WorkerConfig.builder()
            .redis("127.0.0.1:" + job.redisPort())
            .retryPolicy(
                RetryPolicy.defaults().withIntervals(Duration.ofMillis(1), Duration.ofMillis(1)))
            .build();
    try (Worker worker =
        Worker.builder()
            .config(config)
            .listener(
                new WorkerListener() {
                  @Override
                  public void processed(
                      WebhookEvent event, String toolId, int attempt, Duration handlerTime) {
                    left.countDown();
                  }
                })
            .processor(
                "*",
                (event, context) -> {
                  if (context.attempt() == 1) {
                    throw new RetryableException("first attempt");
                  }
                })
            .build()) {
      worker.start();
      left.await();
    }
  }
}
