package dev.webhookworker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.ForwardSettings;
import dev.webhookworker.ToolSettings;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.forward.Receiver;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.pipeline.EntryReader;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.ResourceTurns;
import dev.webhookworker.port.ResourceVersion;
import dev.webhookworker.spi.EventHandler;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.tool.PayloadSchemas;
import dev.webhookworker.tool.ToolConfigs;
import dev.webhookworker.tool.ToolPlans;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The transactional inbox together with tools that keep an order. */
class InboxAndOrderIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static EmbeddedPostgresServer server;

  private final TestDatabase database = TestDatabase.fresh(server);
  private final InMemoryModule memory = InMemoryModule.create();
  private final AtomicInteger runs = new AtomicInteger();

  @BeforeAll
  static void start() {
    server = EmbeddedPostgresServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private WorkerConfig config() {
    return WorkerConfig.builder()
        .consumerName("one")
        .database(database.documented().settings().withTransactionalInbox(true))
        .blockTimeout(Duration.ofMillis(20))
        .shutdownTimeout(Duration.ofSeconds(3))
        .maxConcurrent(4)
        .forwarding(ForwardSettings.DEFAULTS.withAllow(List.of("127.0.0.1")))
        .build();
  }

  private Worker worker(String tool, EventHandler handler) {
    return Worker.builder()
        .discovery(false)
        .config(config())
        .install(new PostgresModule())
        .install(memory)
        .toolConfigExtractor(event -> Optional.of(ToolConfigs.fromJson(JSON.readTree(tool))))
        .processor("*", handler)
        .build();
  }

  private void publish(String eventId, String payload) {
    memory.publish(
        Map.of(
            "event_id",
            eventId,
            "event_type",
            "push",
            "payload",
            payload,
            "metadata",
            "{\"tool_id\":\"t\"}"));
  }

  @Test
  void processorsOfEventsThatWaitForTheirTurnAtAnOrderedDestinationRunOnce() throws Exception {
    try (Receiver receiver = new Receiver()) {
      String tool =
          """
          {"id": "t", "webhook_config": {"default_processing_mode": "store_and_forward",
            "destinations": [{"name": "crm", "url": "%s", "ordered": true}]}}
          """
              .formatted(receiver.url());
      List<String> ids = new ArrayList<>();
      CountDownLatch all = new CountDownLatch(1);
      try (Worker worker =
          worker(
              tool,
              (event, context) -> {
                runs.incrementAndGet();
                if (event.eventId().equals("e0")) {
                  // The others come and find it before them.
                  all.await(1, TimeUnit.SECONDS);
                }
              })) {
        worker.start();
        for (int i = 0; i < 60; i++) {
          ids.add("e" + i);
          publish("e" + i, "{}");
        }
        await()
            .atMost(Duration.ofSeconds(40))
            .untilAsserted(() -> assertThat(receiver.takenIds()).hasSize(60));
        await().until(() -> memory.isIdle() && worker.stats().held() == 0);
      }
      assertThat(receiver.takenIds()).isEqualTo(ids);
      assertThat(runs).hasValue(60);
    }
  }

  @Test
  void aTurnThatACrashAfterTheCommitLeftTakenEndsWithTheRedelivery() throws Exception {
    String tool =
        """
        {"id": "t", "webhook_config":
          {"order_guard": {"resource": "id", "version": "version", "keep": "1h"}}}
        """;
    crashAfterTheCommit(ToolConfigs.fromJson(JSON.readTree(tool)));
    try (Worker next = worker(tool, (event, context) -> runs.incrementAndGet())) {
      next.start();
      publish("older", "{\"id\":1,\"version\":4}");
      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptions()
          .until(
              () ->
                  !database
                      .column("SELECT event_id FROM webhook_audit_log WHERE action = 'stale'")
                      .isEmpty());
    }
    assertThat(runs).as("a version older than what is stored").hasValue(0);
  }

  /** The only event is delivered, has its turn, is committed, and then the process is gone. */
  private void crashAfterTheCommit(ToolConfig tool) throws Exception {
    EventStream stream = memory.eventStream(config()).orElseThrow();
    stream.open();
    publish("first", "{\"id\":1,\"version\":5}");
    Delivery delivery = stream.read(1, Duration.ZERO).get(0);
    WebhookEvent event =
        new EntryReader(config(), List.of(any -> Optional.of(tool)))
            .of("t", delivery.entryId(), delivery.fields())
            .orElseThrow();
    ResourceVersion resource =
        new ToolPlans(List.of(), new PayloadSchemas(ToolSettings.DEFAULTS))
            .resourceOf(event, tool)
            .orElseThrow();
    stream
        .turns()
        .take(
            new ResourceTurns.Turn(resource, delivery.entryId(), delivery.fencingToken()),
            Duration.ofMinutes(6));
    try (PostgresEventStore store = database.documentedStore()) {
      store.open();
      store.store(List.of(TestDatabase.record("first", "{}", delivery.entryId(), null)), List.of());
    }
  }
}
