package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.IngestSettings;
import dev.webhookworker.RedisSettings;
import dev.webhookworker.SignaturePolicy;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedRedis;
import dev.webhookworker.ingest.IngestServer;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.signature.Sender;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.XAddParams;

/** Over HTTP and a real Redis: from each provider's request to work done once. */
class IngestOnRedisIT {

  private static final String SECRET = "a secret";

  private final InMemoryModule memory = InMemoryModule.create();
  private final Map<String, Integer> runs = new ConcurrentHashMap<>();
  private final HttpClient http = HttpClient.newHttpClient();
  @TempDir private Path folder;

  private static String path(Sender sender) {
    return "/in/" + sender.name().replaceAll("\\W+", "-");
  }

  private Path toolsFile() throws Exception {
    String tools =
        Sender.all()
            .map(sender -> sender.tool(path(sender).substring(4), path(sender), List.of(SECRET)))
            .map(Object::toString)
            .collect(Collectors.joining(",", "[", "]"));
    return Files.writeString(folder.resolve("tools.json"), tools);
  }

  private int post(InetSocketAddress server, Sender sender, String secret) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.getPort() + path(sender));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(sender.body()));
    sender
        .headers(secret, uri.toString(), sender.body(), Instant.now())
        .forEach((name, values) -> request.header(name, values.get(0)));
    return http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @Test
  void aGenuineRequestBecomesWorkOnceHoweverOftenItIsSent() throws Exception {
    List<Sender> senders = Sender.all().toList();
    try (EmbeddedRedis redis = DocumentedUser.server();
        RedisClient client = RedisClient.create("127.0.0.1", redis.port());
        RedisEventPublisher publisher =
            RedisEventPublisher.to(
                RedisSettings.parse(DocumentedUser.addressOf(redis)), "webhook_events");
        Worker worker =
            Worker.builder()
                .discovery(false)
                .config(
                    WorkerConfig.builder()
                        .redis(DocumentedUser.addressOf(redis))
                        .blockTimeout(Duration.ofMillis(20))
                        .toolsFile(toolsFile())
                        .ingest(IngestSettings.DEFAULTS)
                        .build())
                .install(new RedisModule())
                .install(memory)
                .processor("*", (event, context) -> runs.merge(event.eventId(), 1, Integer::sum))
                .build();
        IngestServer server =
            IngestServer.start(new InetSocketAddress("127.0.0.1", 0), worker.ingest(publisher))) {
      worker.start();
      for (Sender sender : senders) {
        assertThat(post(server.address(), sender, SECRET)).as(sender.name()).isBetween(200, 204);
        assertThat(post(server.address(), sender, SECRET)).as(sender.name()).isBetween(200, 204);
        assertThat(post(server.address(), sender, "another")).as(sender.name()).isEqualTo(401);
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> {
                assertThat(worker.stats().processed()).isEqualTo(senders.size());
                assertThat(worker.stats().duplicates()).isEqualTo(senders.size());
              });
      assertThat(client.xlen("webhook_events")).isEqualTo(2L * senders.size());
      assertThat(client.exists("webhook_events_dlq")).isFalse();
    }
    assertThat(runs).hasSize(senders.size()).allSatisfy((id, count) -> assertThat(count).isOne());
  }

  @Test
  void whereTheWorkerWantsProofTheEndpointPassesItOn() throws Exception {
    List<Sender> senders =
        Sender.all()
            .filter(sender -> sender.coversBody() && sender.body().startsWith("{"))
            .toList();
    try (EmbeddedRedis redis = DocumentedUser.server();
        RedisClient client = RedisClient.create("127.0.0.1", redis.port());
        RedisEventPublisher publisher =
            RedisEventPublisher.to(
                RedisSettings.parse(DocumentedUser.addressOf(redis)), "webhook_events");
        Worker worker =
            Worker.builder()
                .discovery(false)
                .config(
                    WorkerConfig.builder()
                        .redis(DocumentedUser.addressOf(redis))
                        .blockTimeout(Duration.ofMillis(20))
                        .toolsFile(toolsFile())
                        .signatures(SignaturePolicy.REQUIRED)
                        .build())
                .install(new RedisModule())
                .install(memory)
                .build();
        IngestServer server =
            IngestServer.start(new InetSocketAddress("127.0.0.1", 0), worker.ingest(publisher))) {
      worker.start();
      for (Sender sender : senders) {
        assertThat(post(server.address(), sender, SECRET)).as(sender.name()).isBetween(200, 204);
      }
      client.xadd(
          "webhook_events",
          Map.of(
              "event_id", "forged",
              "event_type", "push",
              "payload", "{}",
              "metadata", "{\"tool_id\":\"GitHub\"}"),
          XAddParams.xAddParams());
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> {
                assertThat(worker.stats().processed()).isEqualTo(senders.size());
                assertThat(worker.stats().deadLettered()).isOne();
              });
      assertThat(client.xrange("webhook_events_dlq", "-", "+").get(0).getFields())
          .containsEntry("event_id", "forged")
          .hasEntrySatisfying(
              "dead_letter", text -> assertThat(text).contains("\"signature_invalid\""));
    }
  }
}
