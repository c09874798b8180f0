package dev.webhookworker.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.WebhookEvent;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.spi.ToolConfig;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RegistryToolConfigExtractorIT {

  private static EmbeddedPostgresServer server;

  private final TestDatabase database = TestDatabase.fresh(server);
  private final AtomicLong nanoTime = new AtomicLong();

  @BeforeAll
  static void start() {
    server = EmbeddedPostgresServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void aToolIsReadOnceAndAgainWhenItsTimeInTheCacheIsOver() throws Exception {
    try (Database pool = Database.connect(database.settings())) {
      new PostgresEventStore(pool).open();
      RegistryToolConfigExtractor extractor = new RegistryToolConfigExtractor(pool, nanoTime::get);
      assertThat(extractor.extract(eventOf("github-acme"))).isEmpty();
      database.execute(
          "INSERT INTO webhook_tools (id, tool_name, tenant_id, webhook_config) VALUES"
              + " ('github-acme', 'Acme', 'acme', '{\"default_processing_mode\":\"store_only\"}')");
      assertThat(extractor.extract(eventOf("github-acme"))).as("still cached").isEmpty();
      nanoTime.addAndGet(Duration.ofSeconds(11).toNanos());
      Optional<ToolConfig> tool = extractor.extract(eventOf("github-acme"));
      assertThat(tool.orElseThrow().name()).isEqualTo("Acme");
      assertThat(tool.orElseThrow().tenantId()).isEqualTo("acme");
      database.execute("UPDATE webhook_tools SET status = 'disabled'");
      assertThat(extractor.extract(eventOf("github-acme")).orElseThrow().active()).isTrue();
      nanoTime.addAndGet(Duration.ofSeconds(11).toNanos());
      assertThat(extractor.extract(eventOf("github-acme")).orElseThrow().active()).isFalse();
    }
  }

  private static WebhookEvent eventOf(String tool) {
    return WebhookEvent.decoded(
        "1-0",
        EntryFields.of(Map.of("metadata", "{\"tool_id\":\"" + tool + "\"}")),
        "1",
        "push",
        "{}");
  }
}
