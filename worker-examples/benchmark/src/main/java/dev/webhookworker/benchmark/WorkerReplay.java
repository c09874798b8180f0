package dev.webhookworker.benchmark;

import dev.webhookworker.BulkRetryPlan;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.Worker;
import dev.webhookworker.spi.WorkerListener;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** All are dead letters; then, the handler mended, all are retried by filter and processed. */
final class WorkerReplay implements Contender {

  private volatile boolean mended;
  private @Nullable Worker worker;
  private @Nullable CountDownLatch processed;

  @Override
  public void prepare(Job job) throws Exception {
    CountDownLatch left = new CountDownLatch(job.events());
    processed = left;
    worker =
        Worker.builder()
            .config(WorkerContender.config(job, true))
            .listener(
                new WorkerListener() {
                  @Override
                  public void processed(
                      WebhookEvent event, String toolId, int attempt, Duration handlerTime) {
                    left.countDown();
                  }
                })
            .processor("*", (event, context) -> failUntilMended())
            .build();
    worker.start();
    WorkerDeadLetters.awaitRows(job);
  }

  @Override
  public void drain(Job job, Latencies latencies) throws Exception {
    mended = true;
    try (Worker mendedWorker = Objects.requireNonNull(worker)) {
      mendedWorker
          .deadLetters()
          .retryAll(DeadLetterFilter.OPEN, allAtOnce(job), "benchmark", progress -> {});
      Objects.requireNonNull(processed).await();
    }
  }

  private void failUntilMended() {
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
}
