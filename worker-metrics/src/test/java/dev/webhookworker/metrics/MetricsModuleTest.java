package dev.webhookworker.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.NonRetryableException;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.memory.InMemoryModule;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class MetricsModuleTest {

  private final InMemoryModule memory = InMemoryModule.create();

  private Worker worker(MetricsModule metrics) {
    return Worker.builder()
        .discovery(false)
        .config(
            WorkerConfig.builder().healthEndpoint(new InetSocketAddress("127.0.0.1", 0)).build())
        .install(memory)
        .install(metrics)
        .processor(
            "broken",
            (event, context) -> {
              throw new NonRetryableException("password=canary-in-an-error");
            })
        .build();
  }

  private static String scrape(Worker worker) throws Exception {
    int port = worker.healthAddress().orElseThrow().getPort();
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  @Test
  void theKnownNamesAreScrapedAsWritten() throws Exception {
    try (Worker worker = worker(new MetricsModule())) {
      worker.start();
      memory.publish("1", "push", "{}");
      memory.publish("2", "broken", "{}");
      await().until(() -> worker.stats().processed() == 1 && worker.stats().deadLettered() == 1);
      assertThat(scrape(worker))
          .contains("webhook_events_received_total{event_type=\"push\"} 1.0")
          .contains("webhook_events_processed_total{event_type=\"push\",outcome=\"processed\"} 1.0")
          .contains("# TYPE webhook_event_processing_duration_seconds histogram")
          .contains("webhook_retry_attempts_total{event_type=\"push\"} 0.0")
          .contains("webhook_dlq_entries_total{reason=\"not_retryable\"} 1.0")
          .contains("webhook_dlq_retries_total 0.0")
          .contains("# TYPE webhook_memory_allocated_bytes gauge")
          .contains("# TYPE webhook_goroutines_total gauge")
          .containsPattern("(?m)^webhook_goroutines_total [1-9]")
          .contains("# TYPE webhook_gc_runs_total counter")
          .doesNotContain("canary");
    }
  }

  @Test
  void theHostsRegistryIsUsedAndNotClosed() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (Worker worker = worker(MetricsModule.bind(registry))) {
      worker.start();
      memory.publish("1", "push", "{}");
      await().until(() -> worker.stats().processed() == 1);
    }
    assertThat(registry.isClosed()).isFalse();
    assertThat(
            registry
                .get("webhook.events.processed")
                .tags("event_type", "push", "outcome", "processed")
                .counter()
                .count())
        .isEqualTo(1);
  }
}
