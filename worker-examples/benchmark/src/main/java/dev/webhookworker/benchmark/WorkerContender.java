package dev.webhookworker.benchmark;

import dev.webhookworker.DatabaseSettings;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerBuilder;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.spi.WorkerListener;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Worker with its default settings; everything is on but what is watched less or more. */
final class WorkerContender implements Contender {

  private final boolean stored;

  private final Watching watching;

  WorkerContender(boolean stored) {
    this(stored, Watching.METRICS);
  }

  WorkerContender(boolean stored, Watching watching) {
    this.stored = stored;
    this.watching = watching;
  }

  @Override
  public void drain(Job job, Latencies latencies) throws Exception {
    Settled settled = new Settled(job.events(), stored ? latencies : new Latencies(0));
    WorkerBuilder builder =
        Worker.builder()
            .config(config(job, stored))
            .listener(settled)
            .processor(
                "*",
                (event, context) -> {
                  if (!stored) {
                    latencies.note(event::rawPayload);
                  }
                  if (job.handlerMillis() > 0) {
                    Thread.sleep(job.handlerMillis());
                  }
                });
    watching.install(builder);
    try (Worker worker = builder.build()) {
      worker.start();
      settled.await();
    }
  }

  static WorkerConfig config(Job job, boolean stored) {
    WorkerConfig.Builder config =
        WorkerConfig.builder()
            .redis("127.0.0.1:" + job.redisPort())
            .maxConcurrent(job.concurrency());
    if (stored) {
      config.database(
          DatabaseSettings.of("127.0.0.1", job.postgresPort(), "postgres", "postgres", null));
    }
    return config.build();
  }

  /** Counts acknowledged events; called by the settler's threads. */
  private static final class Settled implements WorkerListener {
    private final CountDownLatch left;
    private final Latencies latencies;

    Settled(int events, Latencies latencies) {
      left = new CountDownLatch(events);
      this.latencies = latencies;
    }

    @Override
    public void processed(WebhookEvent event, String toolId, int attempt, Duration handlerTime) {
      latencies.note(event::rawPayload);
      left.countDown();
    }

    void await() throws InterruptedException {
      left.await();
    }
  }
}
