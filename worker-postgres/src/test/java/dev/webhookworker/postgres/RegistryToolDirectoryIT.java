package dev.webhookworker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.crypto.ConfiguredKeys;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.port.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RegistryToolDirectoryIT {

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
  void aToolIsFoundByItsPathOrItsIdAndABrokenOneHidesNoOther() throws Exception {
    try (Database pool = Database.connect(database.documented().settings())) {
      new PostgresEventStore(pool).open();
      database.execute(
          "INSERT INTO webhook_tools (id, tool_name, webhook_config) VALUES"
              + " ('a', 'A', '{\"endpoint_path\":\"/github/acme\"}'),"
              + " ('b', 'B', '{}'),"
              + " ('c', 'C', '{\"default_processing_mode\":\"nonsense\"}'),"
              + " ('d', 'D', '{\"endpoint_path\":\"/github/acme\"}')");
      RegistryToolDirectory directory = directory(pool);
      assertThat(directory.byPath("/github/acme").orElseThrow().id()).isEqualTo("a");
      assertThat(directory.byPath("/webhooks/b").orElseThrow().id()).isEqualTo("b");
      assertThat(directory.byPath("/webhooks/c")).isEmpty();
      assertThat(directory.byPath("/other")).isEmpty();
      database.execute("DELETE FROM webhook_tools");
      assertThat(directory.byPath("/webhooks/b")).as("still known").isPresent();
      nanoTime.addAndGet(Duration.ofSeconds(11).toNanos());
      assertThat(directory.byPath("/webhooks/b")).isEmpty();
    }
  }

  @Test
  void whatWasReadLastGoesOnWhileTheTableCannotBeRead() throws Exception {
    try (Database pool = Database.connect(database.settings())) {
      RegistryToolDirectory directory = directory(pool);
      assertThatThrownBy(() -> directory.byPath("/webhooks/b"))
          .isInstanceOf(StoreUnavailableException.class);
      new PostgresEventStore(pool).open();
      database.execute("INSERT INTO webhook_tools (id, tool_name) VALUES ('b', 'B')");
      assertThat(directory.byPath("/webhooks/b")).isPresent();
      database.execute("ALTER TABLE webhook_tools RENAME TO away");
      nanoTime.addAndGet(Duration.ofSeconds(11).toNanos());
      assertThat(directory.byPath("/webhooks/b")).isPresent();
    }
  }

  private RegistryToolDirectory directory(Database pool) {
    return new RegistryToolDirectory(
        new ToolRegistry(pool, new ConfiguredKeys(WorkerConfig.defaults().encryption())),
        nanoTime::get);
  }
}
