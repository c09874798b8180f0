package dev.webhookworker.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.ConfigurationException;
import dev.webhookworker.HealthSettings;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerBuilder;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.StoreResult;
import dev.webhookworker.spi.HealthIndicator;
import dev.webhookworker.spi.WorkerModule;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class HealthServerTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final InMemoryModule memory = InMemoryModule.create();

  private Worker worker(WorkerModule... first) throws Exception {
    WorkerConfig config =
        WorkerConfig.builder()
            .healthEndpoint(new InetSocketAddress("127.0.0.1", 0))
            .queueDepthDegraded(1)
            .blockTimeout(Duration.ofMillis(20))
            .build();
    var builder = Worker.builder().discovery(false).config(config);
    for (WorkerModule module : first) {
      builder.install(module);
    }
    Worker worker = builder.install(memory).processor("*", (event, context) -> {}).build();
    worker.start();
    return worker;
  }

  private HttpResponse<String> call(Worker worker, String method, String path) throws Exception {
    InetSocketAddress address = worker.healthAddress().orElseThrow();
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(10))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private void awaitReady(Worker worker) {
    await().until(() -> call(worker, "GET", "/health/ready").statusCode() == 200);
  }

  @Test
  void theReportHasTheKnownForm() throws Exception {
    try (Worker worker = worker()) {
      awaitReady(worker);
      HttpResponse<String> response = call(worker, "GET", "/health");
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("Content-Type"))
          .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
      JsonNode report = JSON.readTree(response.body());
      assertThat(report.path("status").asText()).isEqualTo("healthy");
      assertThat(Instant.parse(report.path("timestamp").asText())).isNotNull();
      for (String name : List.of("database", "redis", "queue", "worker")) {
        JsonNode component = report.path("components").path(name);
        assertThat(component.path("status").asText()).as(name).isEqualTo("healthy");
        assertThat(component.has("message")).isTrue();
        assertThat(component.has("latency")).isTrue();
        assertThat(component.path("details").isObject()).isTrue();
      }
      assertThat(report.path("unhealthy_components").isArray()).isTrue();
      assertThat(report.path("degraded_components").isArray()).isTrue();
    }
  }

  @Test
  void livenessAndReadinessAnswerApart() throws Exception {
    try (Worker worker = worker()) {
      awaitReady(worker);
      assertThat(call(worker, "GET", "/health/live").statusCode()).isEqualTo(200);
      JsonNode ready = JSON.readTree(call(worker, "GET", "/health/ready").body());
      assertThat(ready.path("components").has("queue")).isFalse();
    }
  }

  @Test
  void otherMethodsAndPathsAreRefusedPolitely() throws Exception {
    try (Worker worker = worker()) {
      awaitReady(worker);
      HttpResponse<String> head = call(worker, "HEAD", "/health");
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.body()).isEmpty();
      HttpResponse<String> post = call(worker, "POST", "/health");
      assertThat(post.statusCode()).isEqualTo(405);
      assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
      assertThat(call(worker, "GET", "/metrics-not-there").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void aDatabaseThatHangsHangsNoProbeAndIsUnhealthy() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (Worker worker = worker(new HangingStore(end))) {
      await().until(() -> call(worker, "GET", "/health/live").statusCode() == 200);
      for (int i = 0; i < 3; i++) {
        long start = System.nanoTime();
        HttpResponse<String> response = call(worker, "GET", "/health");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(JSON.readTree(response.body()).path("unhealthy_components").toString())
            .contains("database");
      }
      assertThat(call(worker, "GET", "/health/ready").statusCode()).isEqualTo(503);
      assertThat(call(worker, "GET", "/health/live").statusCode()).isEqualTo(200);
    } finally {
      end.countDown();
    }
  }

  @Test
  void theHostsOwnChecksAreShownAndDecideReadinessWhereTheySaySo() throws Exception {
    AtomicReference<ComponentHealth> search =
        new AtomicReference<>(ComponentHealth.healthy("answers", Map.of("documents", 7)));
    AtomicBoolean licence = new AtomicBoolean(true);
    try (Worker worker =
        started(
            Worker.builder()
                .healthIndicator(indicator("search", true, search::get))
                .healthIndicator(
                    indicator(
                        "licence",
                        false,
                        () -> {
                          if (licence.get()) {
                            return ComponentHealth.degraded("runs out soon", Map.of());
                          }
                          throw new IllegalStateException("password=hunter2 was refused");
                        })))) {
      awaitReady(worker);
      JsonNode report = JSON.readTree(call(worker, "GET", "/health").body());
      assertThat(report.at("/components/search/details/documents").asInt()).isEqualTo(7);
      assertThat(report.path("degraded_components").toString()).isEqualTo("[\"licence\"]");
      JsonNode ready = JSON.readTree(call(worker, "GET", "/health/ready").body());
      assertThat(ready.path("components").has("search")).isTrue();
      assertThat(ready.path("components").has("licence")).isFalse();

      licence.set(false);
      search.set(ComponentHealth.unhealthy("gone", Map.of()));
      await().until(() -> call(worker, "GET", "/health/ready").statusCode() == 503);
      HttpResponse<String> unhealthy = call(worker, "GET", "/health");
      assertThat(unhealthy.statusCode()).isEqualTo(503);
      assertThat(unhealthy.body()).contains("licence").doesNotContain("hunter2");
      assertThat(call(worker, "GET", "/health/live").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aCheckOfTheHostThatHangsOrBreaksHangsNoProbe() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (Worker worker =
        started(
            Worker.builder()
                .healthIndicator(
                    indicator(
                        "slow",
                        false,
                        () -> {
                          end.await();
                          return ComponentHealth.healthy("after all", Map.of());
                        }))
                .healthIndicator(
                    indicator(
                        "broken",
                        false,
                        () -> {
                          throw new NoClassDefFoundError("host/Library");
                        })))) {
      await().until(() -> call(worker, "GET", "/health/ready").statusCode() == 200);
      long start = System.nanoTime();
      JsonNode report = JSON.readTree(call(worker, "GET", "/health").body());
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
      assertThat(report.path("unhealthy_components").toString()).isEqualTo("[\"slow\",\"broken\"]");
      end.countDown();
      await()
          .until(
              () ->
                  JSON.readTree(call(worker, "GET", "/health").body())
                      .at("/components/slow/message")
                      .asText()
                      .equals("after all"));
    } finally {
      end.countDown();
    }
  }

  @Test
  void twoChecksOfOneNameAreAnErrorOfTheConfiguration() {
    var builder =
        Worker.builder()
            .discovery(false)
            .install(memory)
            .healthIndicator(indicator("redis", false, () -> ComponentHealth.healthy("", Map.of())))
            .healthIndicator(indicator(" ", false, () -> ComponentHealth.healthy("", Map.of())));
    assertThatThrownBy(builder::build)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("two health indicators have the name 'redis'")
        .hasMessageContaining("no usable name");
  }

  @Test
  void failedRunsBeyondTheRateDegradeTheWorker() throws Exception {
    try (Worker worker =
        started(
            Worker.builder()
                .processor(
                    "broken",
                    (event, context) -> {
                      throw new NonRetryableException("no");
                    }))) {
      await().until(() -> worker.depth().isPresent());
      for (int i = 0; i < 20; i++) {
        memory.publish("b" + i, i < 10 ? "broken" : "fine", "{}");
      }
      await()
          .untilAsserted(
              () -> {
                ComponentHealth health =
                    Objects.requireNonNull(worker.health().components().get("worker"));
                assertThat(health.status()).isEqualTo(HealthStatus.DEGRADED);
                assertThat(health.message()).startsWith("50 % of the last 20 runs failed");
              });
      ComponentHealth queue = Objects.requireNonNull(worker.health().components().get("queue"));
      assertThat(queue.details()).containsEntry("dead_letter_growth", 10L);
      assertThat(call(worker, "GET", "/health/ready").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aPausedWorkerIsReadyOrNotAsConfigured() throws Exception {
    for (HealthSettings.Paused how : HealthSettings.Paused.values()) {
      HealthSettings settings = HealthSettings.DEFAULTS.withPaused(how);
      try (Worker worker = started(Worker.builder(), config -> config.health(settings))) {
        awaitReady(worker);
        worker.pause();
        int status = how == HealthSettings.Paused.DEGRADED ? 200 : 503;
        await()
            .until(
                () -> {
                  HttpResponse<String> ready = call(worker, "GET", "/health/ready");
                  return ready.statusCode() == status && ready.body().contains("paused");
                });
      }
    }
  }

  private interface Check {
    ComponentHealth now() throws Exception;
  }

  private static HealthIndicator indicator(String name, boolean readiness, Check check) {
    return new HealthIndicator() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public ComponentHealth check() throws Exception {
        return check.now();
      }

      @Override
      public boolean decidesReadiness() {
        return readiness;
      }
    };
  }

  private Worker started(WorkerBuilder builder) throws Exception {
    return started(builder, config -> config);
  }

  private Worker started(WorkerBuilder builder, UnaryOperator<WorkerConfig.Builder> settings)
      throws Exception {
    Worker worker =
        builder
            .discovery(false)
            .config(
                settings
                    .apply(
                        WorkerConfig.builder()
                            .healthEndpoint(new InetSocketAddress("127.0.0.1", 0))
                            .maintenanceInterval(Duration.ofMillis(100))
                            .blockTimeout(Duration.ofMillis(20)))
                    .build())
            .install(memory)
            .build();
    worker.start();
    return worker;
  }

  /** A store whose database takes connections and never answers. */
  private static final class HangingStore implements WorkerModule, EventStore {

    private final CountDownLatch end;

    HangingStore(CountDownLatch end) {
      this.end = end;
    }

    @Override
    public Optional<EventStore> eventStore(WorkerConfig config) {
      return Optional.of(this);
    }

    @Override
    public void ping() {
      try {
        end.await();
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void open() {}

    @Override
    public boolean isStored(String eventId, String entryId) {
      return false;
    }

    @Override
    public List<StoreResult> store(List<EventRecord> records, List<AuditEntry> audit) {
      return records.stream().map(record -> StoreResult.STORED).toList();
    }

    @Override
    public void close() {}
  }
}
