package dev.webhookworker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.RetryPolicy;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.memory.InMemoryModule;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** PostgreSQL goes away in mid-run; the queue is in memory. */
class PostgresOutageIT {

  private static final int EVENTS = 400;

  private final EmbeddedPostgresServer server = EmbeddedPostgresServer.start();
  private final TestDatabase database = TestDatabase.fresh(server);
  private final InMemoryModule memory = InMemoryModule.create();
  private final Set<Integer> attempts = ConcurrentHashMap.newKeySet();

  @AfterEach
  void stop() {
    server.close();
  }

  private Worker worker() {
    // One try and no more: an outage that used up an attempt would end in a dead letter.
    WorkerConfig config =
        WorkerConfig.builder()
            .database(database.documented().settings())
            .blockTimeout(Duration.ofMillis(20))
            .shutdownTimeout(Duration.ofSeconds(5))
            .retryPolicy(RetryPolicy.none())
            .build();
    return Worker.builder()
        .discovery(false)
        .config(config)
        .install(new PostgresModule())
        .install(memory)
        .processor("*", (event, context) -> attempts.add(context.attempt()))
        .build();
  }

  private void publish(int from, int to) {
    for (int i = from; i < to; i++) {
      memory.publish("event-" + i, "push", "{\"n\":" + i + "}");
    }
  }

  private void assertAllStoredAtTheFirstAttempt(Worker worker) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              assertThat(memory.isIdle()).isTrue();
              assertThat(worker.stats().held()).isZero();
              assertThat(database.column("SELECT count(DISTINCT event_id) FROM webhook_events"))
                  .containsExactly(Integer.toString(EVENTS));
            });
    assertThat(memory.deadLetters()).isEmpty();
    assertThat(attempts).containsExactly(1);
  }

  @Test
  void aServerThatStopsAndStartsAgainCostsNoEventAnAttempt() throws Exception {
    try (Worker worker = worker()) {
      worker.start();
      publish(0, EVENTS / 4);
      await().until(() -> worker.stats().processed() > 0);
      server.stop();
      publish(EVENTS / 4, EVENTS);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  !worker.health().components().get("database").status().name().equals("HEALTHY"));
      server.restart();
      assertAllStoredAtTheFirstAttempt(worker);
    }
  }

  @Test
  void aServerThatHangsForAWhileCostsNoEventAnAttempt() throws Exception {
    try (Worker worker = worker()) {
      worker.start();
      publish(0, EVENTS / 4);
      await().until(() -> worker.stats().processed() > 0);
      server.freeze();
      try {
        publish(EVENTS / 4, EVENTS);
        await()
            .atMost(Duration.ofSeconds(20))
            .until(
                () ->
                    !worker
                        .health()
                        .components()
                        .get("database")
                        .status()
                        .name()
                        .equals("HEALTHY"));
      } finally {
        server.thaw();
      }
      assertAllStoredAtTheFirstAttempt(worker);
    }
  }
}
