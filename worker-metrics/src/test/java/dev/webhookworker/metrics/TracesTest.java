package dev.webhookworker.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.webhookworker.EventPublisher;
import dev.webhookworker.ForwardSettings;
import dev.webhookworker.OutgoingEvent;
import dev.webhookworker.RetryPolicy;
import dev.webhookworker.TraceRelation;
import dev.webhookworker.TraceSettings;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.ingest.IngestRequest;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.spi.TraceParent;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;

/** One event through publisher, worker and destination, as OpenTelemetry shows it. */
class TracesTest {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SENDER = "00-" + TRACE + "-b7ad6b7169203331-01";
  private static final String SECRET = "canary-4711";

  private final ExportedSpans spans = new ExportedSpans();
  private final InMemoryModule memory = InMemoryModule.create();
  private final MetricsModule metrics = new MetricsModule().observing(spans.registry());
  private final Queue<String> arrived = new ConcurrentLinkedQueue<>();
  private final Queue<String> loggedTraces = new ConcurrentLinkedQueue<>();
  private final Queue<String> currentTraces = new ConcurrentLinkedQueue<>();
  private final AtomicInteger failures = new AtomicInteger();
  @TempDir private Path folder;
  private HttpServer target;
  private Worker worker;

  @BeforeEach
  void serve() throws IOException {
    target = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    target.createContext(
        "/",
        exchange -> {
          arrived.add(String.valueOf(exchange.getRequestHeaders().getFirst("traceparent")));
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    target.start();
  }

  @AfterEach
  void close() {
    worker.close();
    target.stop(0);
    spans.close();
  }

  private void start(TraceSettings traces) throws IOException {
    Path tools =
        Files.writeString(
            folder.resolve("tools.json"),
            """
            [{"id": "shop", "webhook_config": {"endpoint_path": "/shop", "auth_type": "none",
               "default_processing_mode": "store_and_forward",
               "destinations": [{"name": "crm", "url": "http://127.0.0.1:%d/"}]}}]
            """
                .formatted(target.getAddress().getPort()));
    worker =
        Worker.builder()
            .discovery(false)
            .install(memory)
            .install(metrics)
            .config(
                WorkerConfig.builder()
                    .blockTimeout(Duration.ofMillis(10))
                    .toolsFile(tools)
                    .traces(traces)
                    .retryPolicy(
                        RetryPolicy.defaults()
                            .withIntervals(Duration.ofMillis(20), Duration.ofMillis(40)))
                    .forwarding(ForwardSettings.DEFAULTS.withAllow(List.of("127.0.0.1")))
                    .build())
            .processor(
                "flaky",
                (event, context) -> {
                  loggedTraces.add(String.valueOf(MDC.get("trace_id")));
                  assertThat(MDC.get("correlation_id")).isEqualTo(event.correlationId());
                  currentTraces.add(Span.current().getSpanContext().getTraceId());
                  if (failures.getAndIncrement() == 0) {
                    throw new IOException("password=" + SECRET);
                  }
                })
            .build();
    worker.start();
  }

  private static OutgoingEvent event(String id, String type) {
    return OutgoingEvent.of(id, type, "{\"secret\":\"" + SECRET + "\"}")
        .withMetadata("{\"tool_id\":\"shop\"}");
  }

  private void awaitStored(int events) {
    await()
        .untilAsserted(
            () -> {
              assertThat(memory.processed()).hasSize(events);
              assertThat(spans.named(WorkerObservation.STORE)).hasSizeGreaterThanOrEqualTo(events);
            });
  }

  @Test
  void oneTraceLeadsFromThePublisherThroughTheWorkerToTheDestination() throws Exception {
    start(TraceSettings.DEFAULTS);
    try (EventPublisher publisher = metrics.publisher(memory.publisher())) {
      publisher.publish(event("e-1", "order"));
    }
    awaitStored(1);
    SpanData publish = spans.one(WorkerObservation.PUBLISH);
    SpanData receive = spans.one(WorkerObservation.RECEIVE);
    SpanData process = spans.one(WorkerObservation.PROCESS);
    SpanData forward = spans.one(WorkerObservation.FORWARD);
    SpanData store = spans.one(WorkerObservation.STORE);
    assertThat(spans.all()).extracting(SpanData::getTraceId).containsOnly(publish.getTraceId());
    assertThat(receive.getParentSpanId()).isEqualTo(publish.getSpanId());
    assertThat(process.getParentSpanId()).isEqualTo(receive.getSpanId());
    assertThat(forward.getParentSpanId()).isEqualTo(process.getSpanId());
    assertThat(store.getParentSpanId()).isEqualTo(receive.getSpanId());
    assertThat(publish.getKind()).isEqualTo(SpanKind.PRODUCER);
    assertThat(receive.getKind()).isEqualTo(SpanKind.CONSUMER);
    assertThat(forward.getKind()).isEqualTo(SpanKind.CLIENT);
    assertThat(arrived)
        .containsExactly("00-" + forward.getTraceId() + "-" + forward.getSpanId() + "-01");
    assertThat(attribute(receive, "event_id")).isEqualTo("e-1");
    assertThat(attribute(receive, "outcome")).isEqualTo("processed");
    assertThat(attribute(forward, "destination")).isEqualTo("crm");
    assertThat(spans.all().toString()).doesNotContain(SECRET);
  }

  private static String attribute(SpanData span, String key) {
    return span.getAttributes().get(AttributeKey.stringKey(key));
  }

  @Test
  void aRetryGoesOnInTheSameTraceAndNoErrorsTextIsInIt() throws Exception {
    start(TraceSettings.DEFAULTS);
    metrics.publisher(memory.publisher()).publish(event("e-1", "flaky"));
    awaitStored(1);
    await().until(() -> spans.named(WorkerObservation.STORE).size() == 2);
    String trace = spans.one(WorkerObservation.PUBLISH).getTraceId();
    List<SpanData> runs = spans.named(WorkerObservation.RECEIVE);
    assertThat(runs).extracting(SpanData::getTraceId).containsExactly(trace, trace);
    assertThat(runs)
        .extracting(run -> attribute(run, "outcome"))
        .containsExactly("retry", "processed");
    assertThat(runs).extracting(run -> attribute(run, "attempt")).containsExactly("1", "2");
    assertThat(runs.get(0).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(loggedTraces).containsExactly(trace, trace);
    assertThat(currentTraces).containsExactly(trace, trace);
    assertThat(spans.all().toString()).doesNotContain(SECRET).contains("java.io.IOException");
  }

  @Test
  void asALinkTheSendersTraceIsNamedAndTheWorkersIsItsOwn() throws Exception {
    start(TraceSettings.DEFAULTS.withEntry(TraceRelation.LINK));
    memory.publisher().publish(event("e-1", "order").withTraceParent(sender()));
    awaitStored(1);
    SpanData receive = spans.one(WorkerObservation.RECEIVE);
    assertThat(receive.getTraceId()).isNotEqualTo(TRACE);
    assertThat(receive.getLinks())
        .singleElement()
        .satisfies(link -> assertThat(link.getSpanContext().getTraceId()).isEqualTo(TRACE));
    assertThat(attribute(receive, "linked_trace_id")).isEqualTo(TRACE);
    assertThat(arrived).singleElement().asString().contains(receive.getTraceId());
  }

  private static TraceParent sender() {
    return TraceParent.parse(SENDER).orElseThrow();
  }

  @Test
  void anEventsOwnTraceIsGoneOnWithAndAMalformedOneBeginsANew() throws Exception {
    start(TraceSettings.DEFAULTS);
    try (EventPublisher publisher = metrics.publisher(memory.publisher())) {
      publisher.publish(event("e-1", "order").withTraceParent(sender()));
    }
    awaitStored(1);
    assertThat(spans.one(WorkerObservation.RECEIVE).getTraceId()).isEqualTo(TRACE);
    memory
        .publisher()
        .publish(
            event("e-2", "order")
                .withMetadata(
                    "{\"tool_id\":\"shop\",\"traceparent\":\"" + SENDER + "\\r\\nX-Evil: 1\"}"));
    awaitStored(2);
    SpanData second = spans.named(WorkerObservation.RECEIVE).get(1);
    assertThat(second.getTraceId()).isNotEqualTo(TRACE);
    assertThat(second.getParentSpanContext().isValid()).isFalse();
    assertThat(arrived).hasSize(2).allMatch(header -> TraceParent.parse(header).isPresent());
  }

  @Test
  void theRequestOfAnIngestedEventIsLinkedOrGoneOnWithAsConfigured() throws Exception {
    start(TraceSettings.DEFAULTS);
    assertThat(ingest()).isEqualTo(202);
    awaitStored(1);
    SpanData accept = spans.one(WorkerObservation.ACCEPT);
    assertThat(accept.getTraceId()).isNotEqualTo(TRACE);
    assertThat(accept.getLinks().get(0).getSpanContext().getTraceId()).isEqualTo(TRACE);
    assertThat(spans.all()).extracting(SpanData::getTraceId).containsOnly(accept.getTraceId());
    assertThat(spans.one(WorkerObservation.PUBLISH).getParentSpanId())
        .isEqualTo(accept.getSpanId());
  }

  @Test
  void aTrustedRequestsTraceGoesOn() throws Exception {
    start(TraceSettings.DEFAULTS.withRequest(TraceRelation.PARENT));
    assertThat(ingest()).isEqualTo(202);
    awaitStored(1);
    assertThat(spans.all()).extracting(SpanData::getTraceId).containsOnly(TRACE);
    assertThat(spans.one(WorkerObservation.ACCEPT).getParentSpanId()).isEqualTo("b7ad6b7169203331");
  }

  private int ingest() {
    return worker
        .ingest(memory.publisher())
        .receive(
            new IngestRequest(
                "POST",
                "http",
                "/shop",
                "/shop",
                null,
                Map.of("Content-Type", List.of("application/json"), "traceparent", List.of(SENDER)),
                "127.0.0.1",
                new ByteArrayInputStream(
                    "{\"a\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_8))))
        .status();
  }
}
