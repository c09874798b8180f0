package dev.webhookworker.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.WebhookEvent;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.memory.InMemoryModule;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Names and labels are an interface: dashboards and alert rules of users depend on them. */
class MeterNamesTest {

  private static final String NONE = "";

  /** Exactly what {@code /metrics} has under {@code webhook_}, with its labels. */
  private static final Map<String, String> PINNED =
      Map.ofEntries(
          Map.entry("webhook_events_received_total", "event_type"),
          Map.entry("webhook_events_processed_total", "event_type outcome"),
          Map.entry("webhook_event_processing_duration_seconds", "event_type le"),
          Map.entry("webhook_event_processing_duration_seconds_max", "event_type"),
          Map.entry("webhook_retry_attempts_total", "event_type"),
          Map.entry("webhook_events_snoozed_total", "event_type"),
          Map.entry("webhook_tool_held_back_total", "tool"),
          Map.entry("webhook_tool_circuit_open", "tool"),
          Map.entry("webhook_forward_requests_total", "destination result tool"),
          Map.entry("webhook_destination_circuit_open", "destination tool"),
          Map.entry("webhook_destinations_disabled_total", NONE),
          Map.entry("webhook_payload_size_bytes", NONE),
          Map.entry("webhook_payload_size_bytes_max", NONE),
          Map.entry("webhook_events_reclaimed_total", NONE),
          Map.entry("webhook_events_vanished_total", NONE),
          Map.entry("webhook_events_poison_total", NONE),
          Map.entry("webhook_leases_lost_total", NONE),
          Map.entry("webhook_dlq_entries_total", "reason"),
          Map.entry("webhook_dlq_retries_total", NONE),
          Map.entry("webhook_dlq_drained_total", NONE),
          Map.entry("webhook_dlq_open", NONE),
          Map.entry("webhook_settle_duration_seconds", NONE),
          Map.entry("webhook_settle_duration_seconds_max", NONE),
          Map.entry("webhook_settle_batch_size", NONE),
          Map.entry("webhook_settle_batch_size_max", NONE),
          Map.entry("webhook_queue_depth", NONE),
          Map.entry("webhook_queue_lag", NONE),
          Map.entry("webhook_queue_pending", NONE),
          Map.entry("webhook_queue_stream_length", NONE),
          Map.entry("webhook_queue_stream_kept", NONE),
          Map.entry("webhook_dlq_unreadable", NONE),
          Map.entry("webhook_queue_oldest_age_seconds", NONE),
          Map.entry("webhook_retries_due", NONE),
          Map.entry("webhook_retries_waiting", NONE),
          Map.entry("webhook_events_held", NONE),
          Map.entry("webhook_handlers_active", NONE),
          Map.entry("webhook_handlers_slots", NONE),
          Map.entry("webhook_handlers_stuck", NONE),
          Map.entry("webhook_pool_connections", "pool state"),
          Map.entry("webhook_pool_waiting", "pool"),
          Map.entry("webhook_pool_max", "pool"),
          Map.entry("webhook_ingest_requests_total", "status"),
          Map.entry("webhook_events_published_total", NONE),
          Map.entry("webhook_dlq_open_by_reason", "reason"),
          Map.entry("webhook_memory_allocated_bytes", NONE),
          Map.entry("webhook_memory_live_bytes", NONE),
          Map.entry("webhook_memory_limit_bytes", NONE),
          Map.entry("webhook_container_memory_used_bytes", NONE),
          Map.entry("webhook_container_memory_limit_bytes", NONE),
          Map.entry("webhook_goroutines_total", NONE),
          Map.entry("webhook_cpu_used_ratio", NONE),
          Map.entry("webhook_gc_runs_total", NONE),
          Map.entry("webhook_gc_time_seconds_total", NONE));

  private static final List<String> HOSTILE =
      List.of(
          "",
          "a\"} 1\nwebhook_events_received_total{x=\"",
          "line\nbreak",
          "\u0000\u202e",
          "x".repeat(255),
          "user@example.com",
          "\uD800");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final OpenByReason openByReason = new OpenByReason(registry);

  private void everything(EventMeters meters, String type, String toolId) {
    meters.received(type, false);
    meters.received(type, true);
    meters.processed(WebhookEvent.of("id", type, "{}"), toolId, 3, Duration.ofMillis(3));
    meters.duplicate(type);
    meters.stale(type, toolId);
    meters.retryScheduled(type, 7, Duration.ofSeconds(1), new IllegalStateException("text"));
    meters.snoozed(type, Duration.ofSeconds(1));
    meters.deadLettered(type, "poison");
    meters.deadLetterRetried(type);
    meters.leaseLost(type);
    meters.handlerStuck(type);
    meters.requestAnswered(202);
    openByReason.deadLettered(type, "poison");
  }

  private static void everything(ToolMeters meters, String toolId) {
    meters.heldBack(toolId);
    meters.circuitChanged(toolId, "open");
    meters.destinationAnswered(toolId, "crm", "5xx");
    meters.destinationCircuitChanged(toolId, "crm", "half_open");
    meters.destinationDisabled(toolId, "crm");
  }

  @Test
  void toolsAndDestinationsAreCountedApartAndNotWithoutEnd() throws Exception {
    ToolMeters meters = new ToolMeters(registry);
    everything(meters, "shop");
    meters.destinationCircuitChanged("shop", "crm", "closed");
    HOSTILE.forEach(text -> everything(meters, text));
    for (int i = 0; i < 1000; i++) {
      everything(meters, "tool-" + i);
    }
    String text = registry.scrape();
    assertThat(text)
        .contains("webhook_tool_held_back_total{tool=\"shop\"} 1.0")
        .contains("webhook_tool_circuit_open{tool=\"shop\"} 1.0")
        .contains("webhook_destination_circuit_open{destination=\"crm\",tool=\"shop\"} 0.0")
        .contains(
            "webhook_forward_requests_total{destination=\"crm\",result=\"5xx\",tool=\"shop\"} 1.0")
        .contains("tool=\"other\"")
        .doesNotContain("user@example.com")
        .doesNotContain("xxxxxxxxxx");
    long tools =
        text.lines().filter(line -> line.startsWith("webhook_tool_held_back_total{")).count();
    assertThat(tools).isLessThanOrEqualTo(EventTypeLabels.MOST_TYPES + 1);
  }

  private String scraped() throws Exception {
    try (Worker worker =
            Worker.builder()
                .discovery(false)
                .config(
                    WorkerConfig.builder()
                        .healthEndpoint(new InetSocketAddress("127.0.0.1", 0))
                        .build())
                .install(InMemoryModule.create())
                .install(MetricsModule.bind(registry))
                .build();
        HttpEndpointOf endpoint = HttpEndpointOf.started(new ScrapeHandler(registry, false))) {
      assertThat(worker.depth()).isEmpty();
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(endpoint.url())).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  @Test
  void namesAndLabelsAreThosePinnedHereWhateverEventsAndToolsAreCalled() throws Exception {
    EventMeters meters = new EventMeters(registry);
    everything(meters, "push", "github");
    HOSTILE.forEach(text -> everything(meters, text, text));
    for (int i = 0; i < 1000; i++) {
      everything(meters, "type-" + i, "tool-" + i);
    }
    String text = scraped();
    Scrape scrape = Scrape.parse(text);
    Map<String, String> found = new TreeMap<>();
    scrape.labels().entrySet().stream()
        .filter(family -> family.getKey().startsWith("webhook_"))
        .forEach(family -> found.put(family.getKey(), String.join(" ", family.getValue())));
    assertThat(found).containsExactlyInAnyOrderEntriesOf(PINNED);
    assertThat(scrape.series()).as("series").isLessThan(4000);
    assertThat(text)
        .doesNotContain("tool-")
        .doesNotContain("user@example.com")
        .doesNotContain("xxxxxxxxxx")
        .contains("webhook_events_received_total{event_type=\"other\"}");
    long types =
        text.lines().filter(line -> line.startsWith("webhook_events_received_total{")).count();
    assertThat(types).isEqualTo(EventTypeLabels.MOST_TYPES + 1);
  }

  @Test
  void theOneTableOfMetersIsWhatIsScraped() throws Exception {
    everything(new EventMeters(registry), "push", "github");
    Map<String, String> types = Scrape.parse(scraped()).types();
    for (WorkerMeter meter : WorkerMeter.values()) {
      assertThat(types)
          .as(meter.meterName())
          .containsEntry(meter.prometheusName(), meter.prometheusType());
    }
    Set<String> known =
        Arrays.stream(WorkerMeter.values())
            .map(WorkerMeter::prometheusName)
            .flatMap(name -> List.of(name, name + "_max").stream())
            .collect(Collectors.toSet());
    assertThat(types.keySet())
        .filteredOn(name -> name.startsWith("webhook_"))
        .allMatch(known::contains);
  }

  @Test
  void theDocumentHasARowForEachMeterAndNoOther() throws IOException {
    String document = Files.readString(Path.of("..", "docs", "metrics.md"));
    List<String> rows =
        document.lines().filter(line -> line.startsWith("| `webhook_")).sorted().toList();
    List<String> wanted =
        Arrays.stream(WorkerMeter.values()).map(MeterNamesTest::row).sorted().toList();
    assertThat(rows).isEqualTo(wanted);
  }

  private static String row(WorkerMeter meter) {
    String labels =
        meter.labels().isEmpty()
            ? ""
            : meter.labels().stream()
                .map(label -> "`" + label + "`")
                .collect(Collectors.joining(", "));
    return "| `%s` | %s | %s | %s |"
        .formatted(meter.prometheusName(), meter.prometheusType(), labels, meter.meaning());
  }

  @Test
  void theDocumentHasARowForEachObservationAndNoOther() throws IOException {
    String document = Files.readString(Path.of("..", "docs", "traces.md"));
    assertThat(document.lines().filter(line -> line.startsWith("| `webhook.")))
        .containsExactlyElementsOf(
            Arrays.stream(WorkerObservation.values())
                .map(one -> "| `" + one.observationName() + "` | " + one.meaning() + " |")
                .toList());
  }

  @Test
  void onlyTheFirstHundredTypesGetLabelsOfTheirOwn() {
    Set<String> made = new TreeSet<>();
    EventTypeLabels<String> labels =
        new EventTypeLabels<>(
            label -> {
              made.add(label);
              return label;
            });
    assertThat(labels.of("push")).isEqualTo("push");
    HOSTILE.forEach(text -> assertThat(labels.of(text)).isEqualTo(EventTypeLabels.OTHER));
    for (int i = 1; i < 500; i++) {
      labels.of("type." + i);
    }
    assertThat(labels.of("type.1")).isEqualTo("type.1");
    assertThat(labels.of("type.400")).isEqualTo(EventTypeLabels.OTHER);
    assertThat(made).hasSize(EventTypeLabels.MOST_TYPES + 1);
  }
}
