package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.DeadLetter;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.ErasureFilter;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerBuilder;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.dlq.DeadLettersConformance;
import dev.webhookworker.embedded.EmbeddedRedis;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.XAddParams;

/** Redis alone: the DLQ stream answers. */
class RedisDeadLettersIT extends DeadLettersConformance {

  private static EmbeddedRedis redis;
  private static RedisClient client;

  @BeforeAll
  static void startServer() {
    redis = DocumentedUser.server();
    client = RedisClient.create("127.0.0.1", redis.port());
  }

  @AfterAll
  static void stopServer() {
    client.close();
    redis.close();
  }

  @BeforeEach
  void empty() {
    client.flushAll();
  }

  @Override
  protected WorkerConfig.Builder config() {
    return super.config().redis(DocumentedUser.addressOf(redis));
  }

  @Override
  protected WorkerBuilder builder(WorkerConfig config) {
    return Worker.builder().discovery(false).config(config).install(new RedisModule());
  }

  @Override
  protected void publish(Map<String, String> fields) {
    client.xadd("webhook_events", XAddParams.xAddParams(), fields);
  }

  @Override
  protected boolean keepsWhatIsOver() {
    return false;
  }

  @Test
  void anErasedEventLeavesNoEditedPayload() throws Exception {
    Worker worker = start(BY_HAND);
    publish("1", "push", "acme", "{\"mail\":\"dora@example.org\"}");
    publish("2", "push", "acme", "{\"mail\":\"emil@example.org\"}");
    awaitOpen(worker, 2);
    broken = false;
    for (DeadLetter letter : worker.deadLetters().list(DeadLetterFilter.OPEN, null, 10).items()) {
      worker.deadLetters().retryEdited(letter.id(), "{\"mail\":\"none\"}", "ann", "typo");
    }
    awaitOpen(worker, 0);
    assertThat(story(worker, "1")).contains("dora@example.org", "none", "typo");

    ErasureFilter dora = new ErasureFilter(null, List.of(), "/mail", "dora@example.org");
    assertThat(worker.events().erasable(dora).matched()).isEqualTo(1);
    worker.events().erase(dora, "officer");

    assertThat(story(worker, "1")).contains("typo", "erased").doesNotContain("dora", "none");
    assertThat(story(worker, "2")).contains("emil@example.org");
    assertThat(client.xrange("webhook_events_dlq_edits", "-", "+").toString())
        .doesNotContain("dora");
    assertThat(client.xrange("webhook_events_dlq_audit", "-", "+").toString())
        .doesNotContain("@example.org");
  }

  private static String story(Worker worker, String eventId) {
    return worker.events().story(eventId).toString();
  }
}
