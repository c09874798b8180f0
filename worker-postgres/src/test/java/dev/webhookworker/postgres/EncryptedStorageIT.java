package dev.webhookworker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import dev.webhookworker.DatabaseSettings;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetters;
import dev.webhookworker.DlqSettings;
import dev.webhookworker.EncryptionSettings;
import dev.webhookworker.ErasureFilter;
import dev.webhookworker.EventFilter;
import dev.webhookworker.Events;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.ReplayPlan;
import dev.webhookworker.Secret;
import dev.webhookworker.StoredEvent;
import dev.webhookworker.StoryLine;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerBuilder;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.crypto.ConfiguredKeys;
import dev.webhookworker.crypto.FieldEncryption;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.port.EncryptionContext;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.spi.ToolConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is encrypted is nowhere in the database in the clear; rotation and erasure find it. */
class EncryptedStorageIT {

  private static EmbeddedPostgresServer server;

  private final TestDatabase database = TestDatabase.fresh(server);

  @BeforeAll
  static void start() {
    server = EmbeddedPostgresServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static EncryptionSettings settings(String... ids) {
    Map<String, Secret> keys = new LinkedHashMap<>();
    for (String id : ids) {
      byte[] key = new byte[32];
      Arrays.fill(key, (byte) id.hashCode());
      keys.put(id, Secret.of(Base64.getEncoder().encodeToString(key)));
    }
    return new EncryptionSettings(List.of("/mail"), keys);
  }

  /** As the owner of the tables, who rotates keys. */
  private WorkerConfig config(String... keyIds) {
    return config(database.settings(), keyIds);
  }

  private static WorkerConfig config(DatabaseSettings settings, String... keyIds) {
    return WorkerConfig.builder()
        .database(settings)
        .encryption(settings(keyIds))
        .dlq(
            DlqSettings.DEFAULTS.withIntervals(
                Duration.ofMillis(50), Duration.ofSeconds(2), Duration.ofMinutes(1)))
        .build();
  }

  /** Every row of every table as text. */
  private String dump() throws Exception {
    StringBuilder all = new StringBuilder();
    for (String table :
        database.column(
            "SELECT tablename FROM pg_tables WHERE schemaname = '" + database.schema() + "'")) {
      database.column("SELECT t::text FROM " + table + " t").forEach(all::append);
    }
    return all.toString();
  }

  private WorkerBuilder builder(String keyId, InMemoryModule memory) {
    return Worker.builder()
        .config(config(database.documented().settings(), keyId))
        .discovery(false)
        .install(new StoreOnly(new PostgresModule()))
        .install(memory);
  }

  /** Stores one event, and lets another fail with its secret in the error's message. */
  private void work() throws Exception {
    InMemoryModule memory = InMemoryModule.create();
    try (Worker worker =
        builder("k1", memory)
            .processor(
                "broken",
                (event, context) -> {
                  throw new NonRetryableException(
                      "no mailbox for " + event.payload().path("mail").asText());
                })
            .build()) {
      worker.start();
      memory.publish("1", "push", "{\"mail\":\"alice@example.org\", \"n\":1}");
      memory.publish("2", "broken", "{\"mail\":\"bob@example.org\"}");
      Awaitility.await().until(memory::isIdle);
      Awaitility.await()
          .until(() -> database.column("SELECT action FROM webhook_audit_log").size() == 2);
      Awaitility.await().until(() -> database.column("SELECT 1 FROM webhook_dlq").size() == 1);
    }
  }

  /** The store of a module, without its other parts. */
  private record StoreOnly(PostgresModule module) implements dev.webhookworker.spi.WorkerModule {
    @Override
    public Optional<dev.webhookworker.port.EventStore> eventStore(WorkerConfig config) {
      return module.eventStore(config);
    }
  }

  @Test
  void noTableHasAnEncryptedFieldInTheClear() throws Exception {
    work();
    assertThat(dump())
        .contains("enc:v2:k1:")
        .contains("no mailbox for ***")
        .doesNotContain("alice")
        .doesNotContain("bob@");
    String payload = database.column("SELECT payload::text FROM webhook_events").get(0);
    assertThat(FieldEncryption.masked(payload)).isEqualTo("{\"mail\":\"***\", \"n\":1}");
    assertThat(new FieldEncryption(settings("k1")).decrypt(ofTheStoredEvent(), payload).text())
        .isEqualTo("{\"mail\":\"alice@example.org\", \"n\":1}");
  }

  private EncryptionContext ofTheStoredEvent() throws Exception {
    String entryId = database.column("SELECT entry_id FROM webhook_events").get(0);
    return EncryptionContext.ofEvent(null, entryId, "1");
  }

  /** More than a dump shows: indexes, dead rows and the write-ahead log. */
  @Test
  void noFileOfTheServerHasAnEncryptedFieldInTheClear() throws Exception {
    work();
    database.execute("CHECKPOINT");
    assertThat(filesWith("no mailbox for ***")).as("what is searched is there").isNotEmpty();
    assertThat(filesWith("alice@example.org")).isEmpty();
    assertThat(filesWith("bob@example.org")).isEmpty();
  }

  private static List<Path> filesWith(String text) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(server.dataFolder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
          found.add(file);
        }
      }
    }
    return found;
  }

  @Test
  void theLogHasNoEncryptedFieldInTheClear() throws Exception {
    Logger log = (Logger) LoggerFactory.getLogger("dev.webhookworker");
    Level before = log.getLevel();
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    log.setAdditive(false);
    log.setLevel(Level.TRACE);
    try {
      work();
      try (Worker operator = builder("k1", InMemoryModule.create()).build()) {
        operator.deadLetters().show(database.column("SELECT entry_id FROM webhook_dlq").get(0));
      }
    } finally {
      log.setLevel(before);
      log.setAdditive(true);
      log.detachAppender(lines);
    }
    StringBuilder all = new StringBuilder();
    for (ILoggingEvent line : List.copyOf(lines.list)) {
      all.append(line.getFormattedMessage())
          .append(line.getKeyValuePairs())
          .append(line.getMDCPropertyMap());
      for (IThrowableProxy cause = line.getThrowableProxy();
          cause != null;
          cause = cause.getCause()) {
        all.append(cause.getMessage());
      }
    }
    assertThat(all.toString())
        .contains("no mailbox for ***")
        .doesNotContain("alice@")
        .doesNotContain("bob@");
  }

  @Test
  void aRotationThatWasStoppedGoesOnWhereItWas() throws Exception {
    try (PostgresEventStore store = database.store()) {
      store.open();
      FieldEncryption encryption = new FieldEncryption(settings("k1"));
      List<EventRecord> records = new ArrayList<>();
      for (int i = 0; i < 1_200; i++) {
        String id = "event-" + i;
        EventRecord plain = TestDatabase.record(id, "{\"mail\":\"x" + i + "@example.org\"}");
        records.add(encryption.encrypt(plain, ToolConfig.DEFAULT));
      }
      store.store(records, List.of());
    }
    try (StorageAdministration storage = StorageAdministration.of(config("k2", "k1"))) {
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(
              () ->
                  storage.rotateKeys(
                      "alice",
                      rows -> {
                        throw new IllegalStateException("stopped");
                      }));
      assertThat(under("k2")).isEqualTo(500);
      List<String> first =
          database.column(
              "SELECT payload::text FROM webhook_events WHERE strpos(payload::text, ':k2:') > 0 ORDER BY event_id");
      List<Long> told = new ArrayList<>();
      assertThat(storage.rotateKeys("alice", told::add)).isEmpty();
      assertThat(told).contains(500L, 700L).doesNotContain(1_200L);
      assertThat(under("k1")).isZero();
      assertThat(database.column("SELECT payload::text FROM webhook_events"))
          .as("not encrypted a second time")
          .containsAll(first);
    }
  }

  private long under(String key) throws Exception {
    return Long.parseLong(
        database
            .column(
                "SELECT count(*) FROM webhook_events WHERE strpos(payload::text, ':"
                    + key
                    + ":') > 0")
            .get(0));
  }

  @Test
  void rotationEncryptsWithTheNewKeyAndNamesAMissingOne() throws Exception {
    work();
    try (StorageAdministration without = StorageAdministration.of(config("k2"))) {
      assertThat(without.rotateKeys("alice", rows -> {}).get(0)).contains("'k1' is missing");
    }
    try (StorageAdministration storage = StorageAdministration.of(config("k2", "k1"))) {
      assertThat(storage.rotateKeys("alice", rows -> {})).isEmpty();
    }
    assertThat(database.column("SELECT payload FROM webhook_dlq").get(0)).contains("enc:v2:k2:");
    String payload = database.column("SELECT payload::text FROM webhook_events").get(0);
    assertThat(payload).contains("enc:v2:k2:").doesNotContain("enc:v2:k1");
    assertThat(
            new FieldEncryption(List.of(), new ConfiguredKeys(settings("k2")))
                .decrypt(ofTheStoredEvent(), payload)
                .text())
        .contains("alice@example.org");
    assertThat(
            database.column("SELECT detail FROM webhook_audit_log WHERE action = 'keys_rotated'"))
        .last()
        .isEqualTo("to k2: 2 rows");
  }

  @Test
  void erasureFindsASubjectInAnEncryptedFieldAndLeavesAnAuditRowWithoutIt() throws Exception {
    work();
    try (Worker operator = builder("k1", InMemoryModule.create()).build()) {
      Events events = operator.events();
      ErasureFilter filter = new ErasureFilter(null, List.of(), "/mail", "alice@example.org");
      assertThat(events.erasable(filter).matched()).isEqualTo(1);
      assertThat(database.column("SELECT event_id FROM webhook_events")).containsExactly("1");
      assertThat(events.erase(filter, "officer").events()).isEqualTo(1);
      assertThat(database.column("SELECT event_id FROM webhook_events")).isEmpty();
      assertThat(database.column("SELECT actor FROM webhook_audit_log WHERE action = 'erased'"))
          .containsExactly("officer");
      assertThat(dump()).doesNotContain("alice@");
      ErasureFilter otherTenant = new ErasureFilter("nobody", List.of("2"), null, null);
      assertThat(events.erase(otherTenant, "officer").matched()).isZero();
    }
  }

  @Test
  void aDeadLetterAnEditAndAReplayRunInTheClearAndLeaveNothingOfIt() throws Exception {
    InMemoryModule memory = InMemoryModule.create();
    List<String> ran = new CopyOnWriteArrayList<>();
    try (Worker worker =
        builder("k1", memory)
            .processor(
                "order",
                (event, context) -> {
                  if (event.payload().path("n").asInt() == 1) {
                    throw new NonRetryableException(
                        "can't bill " + event.payload().path("mail").asText());
                  }
                  ran.add(event.rawPayload());
                })
            .build()) {
      worker.start();
      memory.publish("1", "order", "{\"mail\":\"carol@example.org\",\"n\":1}");
      DeadLetters letters = worker.deadLetters();
      Awaitility.await().ignoreExceptions().until(() -> letters.count(DeadLetterFilter.OPEN) == 1);
      String id = letters.list(DeadLetterFilter.OPEN, null, 1).items().get(0).id();
      assertThat(letters.show(id).orElseThrow().payload()).isEqualTo("{\"mail\":\"***\",\"n\":1}");

      letters.retry(id, "ann");
      Awaitility.await().until(() -> letters.show(id).orElseThrow().deadLetter().retryCount() == 1);
      assertThat(letters.reveal(id, "officer").orElseThrow().payload())
          .isEqualTo("{\"mail\":\"carol@example.org\",\"n\":1}");
      letters.retryEdited(id, "{\"mail\":\"***\",\"n\":2}", "ann", "the right number");
      Awaitility.await().until(() -> ran.size() == 1);
      Awaitility.await().until(() -> letters.count(DeadLetterFilter.OPEN) == 0);
      worker.events().replayAll(EventFilter.ALL, new ReplayPlan("again", 9, 99), "ann", n -> {});
      Awaitility.await().until(() -> worker.events().count(EventFilter.ALL) == 2);

      assertThat(ran).hasSize(2).containsOnly("{\"mail\":\"carol@example.org\",\"n\":2}");
      assertThat(worker.events().search(EventFilter.ALL, null, 9).items())
          .extracting(StoredEvent::payload)
          .containsOnly("{\"mail\":\"***\",\"n\":2}");
      assertThat(worker.events().reveal("1", "officer").get(0).payload()).contains("carol@");
      assertThat(dump()).contains("payload_revealed", "the right number").doesNotContain("carol");
      assertThat(editOf(worker, "1")).contains("before", "after", "\\\"n\\\":2");
      try (StorageAdministration storage = StorageAdministration.of(config("k2", "k1"))) {
        assertThat(storage.rotateKeys("alice", rows -> {})).isEmpty();
      }
      assertThat(dump()).contains("enc:v2:k2").doesNotContain("enc:v2:k1");
      List<String> both =
          worker.events().search(EventFilter.ALL, null, 9).items().stream()
              .map(StoredEvent::eventId)
              .toList();
      worker.events().erase(new ErasureFilter(null, both, null, null), "officer");
      assertThat(editOf(worker, "1"))
          .contains("the right number", "versions")
          .doesNotContain("before", "n\\\"");
      assertThat(dump()).doesNotContain("\"n\":", "n\\\":", "enc:v");
    }
  }

  private static String editOf(Worker worker, String eventId) {
    return worker.events().story(eventId).stream()
        .filter(line -> line.action().equals("dlq_retry_edited"))
        .map(StoryLine::detail)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anEventWhoseKeyIsMissingIsNotRevealedAndTheKeyIsNamed() throws Exception {
    work();
    try (Worker without = builder("k2", InMemoryModule.create()).build()) {
      assertThatExceptionOfType(DeadLetters.UnreadableException.class)
          .isThrownBy(() -> without.events().reveal("1", "officer"))
          .withMessageContaining("'k1' is missing");
    }
  }
}
