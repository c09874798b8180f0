package dev.webhookworker.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.memory.InMemoryModule;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.prometheus.metrics.tracer.common.SpanContext;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class ExemplarsTest {

  /** As a host with OpenTelemetry has it. */
  private static final class CurrentSpan implements SpanContext {
    @Override
    public String getCurrentTraceId() {
      return Span.current().getSpanContext().isValid()
          ? Span.current().getSpanContext().getTraceId()
          : null;
    }

    @Override
    public String getCurrentSpanId() {
      return Span.current().getSpanContext().isValid()
          ? Span.current().getSpanContext().getSpanId()
          : null;
    }

    @Override
    public boolean isCurrentSpanSampled() {
      return Span.current().getSpanContext().isSampled();
    }

    @Override
    public void markCurrentSpanAsExemplar() {}
  }

  private static HttpResponse<String> scrape(Worker worker, String accept) throws Exception {
    int port = worker.healthAddress().orElseThrow().getPort();
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .header("Accept", accept)
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aHandlingTimeNamesTheTraceOfItsRunForScrapersThatWantToKnow() throws Exception {
    InMemoryModule memory = InMemoryModule.create();
    try (ExportedSpans spans = new ExportedSpans();
        Worker worker =
            Worker.builder()
                .discovery(false)
                .config(
                    WorkerConfig.builder()
                        .healthEndpoint(new InetSocketAddress("127.0.0.1", 0))
                        .build())
                .install(memory)
                .install(
                    new MetricsModule()
                        .observing(spans.registry())
                        .withExemplars(new CurrentSpan()))
                .build()) {
      worker.start();
      memory.publish("1", "push", "{}");
      await().until(() -> worker.stats().processed() == 1);
      await().until(() -> spans.named(WorkerObservation.RECEIVE).size() == 1);
      String trace = spans.one(WorkerObservation.RECEIVE).getTraceId();
      HttpResponse<String> open = scrape(worker, "application/openmetrics-text;version=1.0.0,*/*");
      assertThat(open.headers().firstValue("Content-Type").orElseThrow())
          .startsWith("application/openmetrics-text");
      assertThat(open.body())
          .containsPattern(
              "webhook_event_processing_duration_seconds_bucket\\{.*} 1 # \\{.*trace_id=\"" + trace)
          .containsPattern("(?m)^webhook_goroutines_total [1-9]")
          .endsWith("# EOF\n");
      HttpResponse<String> plain = scrape(worker, "text/plain");
      assertThat(plain.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
      assertThat(plain.body()).doesNotContain("trace_id");
    }
  }

  @Test
  void inARegistryOfTheHostExemplarsAreTheHosts() {
    MetricsModule bound = MetricsModule.bind(new SimpleMeterRegistry());
    assertThatThrownBy(() -> bound.withExemplars(new CurrentSpan()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("your own PrometheusMeterRegistry");
  }
}
