package dev.webhookworker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.ConfigurationException;
import dev.webhookworker.EncryptionSettings;
import dev.webhookworker.Secret;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.crypto.ConfiguredKeys;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.spi.ToolConfig;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
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

  private static ConfiguredKeys keys(int fill) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) fill);
    return new ConfiguredKeys(
        new EncryptionSettings(
            List.of(), Map.of("k" + fill, Secret.of(Base64.getEncoder().encodeToString(key)))));
  }

  @Test
  void aChangeIsSeenByEveryReplicaAtOnceAndWithoutTellingAfterItsTime() throws Exception {
    try (Database pool = Database.connect(database.documented().settings());
        RegistryToolConfigExtractor one =
            new RegistryToolConfigExtractor(pool, keys(1), nanoTime::get);
        RegistryToolConfigExtractor other =
            new RegistryToolConfigExtractor(pool, keys(1), nanoTime::get)) {
      new PostgresEventStore(pool).open();
      assertThat(one.extract(eventOf("github-acme"))).isEmpty();
      assertThat(other.extract(eventOf("github-acme"))).isEmpty();
      await().until(() -> one.isListening() && other.isListening());
      database.execute(
          "INSERT INTO webhook_tools (id, tool_name, tenant_id, webhook_config) VALUES"
              + " ('github-acme', 'Acme', 'acme', '{\"default_processing_mode\":\"store_only\"}')");
      await().until(() -> one.extract(eventOf("github-acme")).isPresent());
      await().until(() -> other.extract(eventOf("github-acme")).isPresent());
      ToolConfig tool = one.extract(eventOf("github-acme")).orElseThrow();
      assertThat(tool.name()).isEqualTo("Acme");
      assertThat(tool.tenantId()).isEqualTo("acme");
      database.execute(
          "SET session_replication_role = replica; UPDATE webhook_tools SET status = 'disabled'");
      assertThat(one.extract(eventOf("github-acme")).orElseThrow().active()).isTrue();
      nanoTime.addAndGet(Duration.ofSeconds(61).toNanos());
      assertThat(one.extract(eventOf("github-acme")).orElseThrow().active()).isFalse();
    }
  }

  @Test
  void listeningBeginsAgainAfterItsConnectionWasLost() throws Exception {
    try (Database pool = Database.connect(database.documented().settings());
        RegistryToolConfigExtractor extractor =
            new RegistryToolConfigExtractor(pool, keys(1), nanoTime::get)) {
      new PostgresEventStore(pool).open();
      assertThat(extractor.extract(eventOf("t"))).isEmpty();
      await().until(extractor::isListening);
      database.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
              + " WHERE query = 'LISTEN webhook_tools'");
      await().until(() -> !extractor.isListening());
      new ToolRegistry(pool, keys(1)).put(tool("t", "{}"), 0, "alice");
      // The pool may hand out the killed connection once more; its event would be put off.
      await()
          .ignoreExceptionsInstanceOf(StoreUnavailableException.class)
          .until(() -> extractor.extract(eventOf("t")).isPresent());
    }
  }

  @Test
  void aChangeOnAnOldVersionIsRefused() throws Exception {
    try (Database pool = Database.connect(database.documented().settings())) {
      new PostgresEventStore(pool).open();
      ToolRegistry registry = new ToolRegistry(pool, keys(1));
      assertThat(registry.put(tool("t", "{}"), 0, "alice")).isEqualTo(1);
      assertThat(registry.put(tool("t", "{\"enabled\":true}"), 1, "bob")).isEqualTo(2);
      assertThatExceptionOfType(ToolConflictException.class)
          .isThrownBy(() -> registry.put(tool("t", "{}"), 1, "alice"))
          .withMessageContaining("version 2");
      assertThatExceptionOfType(ToolConflictException.class)
          .isThrownBy(() -> registry.put(tool("t", "{}"), 0, "alice"));
      assertThat(registry.disable("t", "carol")).isEqualTo(3);
      assertThat(registry.get("t").orElseThrow().json().get("status").asText())
          .isEqualTo("disabled");
      assertThat(database.column("SELECT actor FROM webhook_audit_log ORDER BY id"))
          .containsExactly("alice", "bob", "carol");
    }
  }

  @Test
  void everythingThatIsWrongWithAToolIsToldTogether() throws Exception {
    try (Database pool = Database.connect(database.documented().settings())) {
      ConfigurationException wrong =
          catchThrowableOfType(
              ConfigurationException.class,
              () ->
                  new ToolRegistry(pool, new ConfiguredKeys(EncryptionSettings.NONE))
                      .put(
                          tool(
                              "",
                              "{\"auth_type\":\"magic\",\"encrypt_fields\":[\"mail\"],"
                                  + "\"auth_config\":{\"secret\":\"hidden\"},"
                                  + "\"events\":[{\"processing_mode\":\"no\"}]}"),
                          0,
                          "alice"));
      assertThat(wrong.problems()).hasSize(5);
      assertThat(wrong.getMessage()).doesNotContain("hidden");
    }
  }

  @Test
  void aToolsSecretsAreStoredEncryptedAndReadByTheWorker() throws Exception {
    try (Database pool = Database.connect(database.documented().settings());
        RegistryToolConfigExtractor extractor =
            new RegistryToolConfigExtractor(pool, keys(1), nanoTime::get)) {
      new PostgresEventStore(pool).open();
      new ToolRegistry(pool, keys(1))
          .put(
              tool(
                  "t",
                  "{\"auth_config\":{\"secret\":\"hidden-1\"},\"destinations\":[{\"name\":\"crm\","
                      + "\"url\":\"https://crm.example.com/\","
                      + "\"secret\":\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\","
                      + "\"headers\":{\"X-Key\":\"hidden-2\"}}]}"),
              0,
              "alice");
      assertThat(database.column("SELECT t::text FROM webhook_tools t").get(0))
          .contains("enc:v2:k1:")
          .contains("crm.example.com")
          .doesNotContain("hidden-1", "hidden-2", "MfKQ");
      ToolConfig tool = extractor.extract(eventOf("t")).orElseThrow();
      assertThat(tool.webhookConfig().at("/auth_config/secret").asText()).isEqualTo("hidden-1");
      assertThat(new ToolRegistry(pool, keys(1)).get("t").orElseThrow().masked().toString())
          .doesNotContain("hidden-1", "hidden-2", "MfKQ");
      assertThat(tool.destinations().at("/0/headers/X-Key").asText()).isEqualTo("hidden-2");
    }
  }

  private static JsonNode tool(String id, String config) throws Exception {
    return new ObjectMapper().readTree("{\"id\":\"" + id + "\",\"webhook_config\":" + config + "}");
  }

  private static WebhookEvent eventOf(String tool) {
    return WebhookEvent.decoded(
        "1-0",
        EntryFields.of(Map.of("payload", "{}", "metadata", "{\"tool_id\":\"" + tool + "\"}")),
        "1",
        "push");
  }
}
