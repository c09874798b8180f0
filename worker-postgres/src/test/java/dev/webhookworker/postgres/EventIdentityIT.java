package dev.webhookworker.postgres;

import static dev.webhookworker.postgres.TestDatabase.record;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.ErasureFilter;
import dev.webhookworker.EventFilter;
import dev.webhookworker.StoredEvent;
import dev.webhookworker.StoredEventPage;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.EventHistory;
import dev.webhookworker.port.EventKey;
import dev.webhookworker.port.EventRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two events may have one id, one millisecond and even both; their entries tell them apart. */
class EventIdentityIT {

  private static EmbeddedPostgresServer server;

  private final TestDatabase database = TestDatabase.fresh(server);
  private final PostgresEventStore store = database.documentedStore();
  private final long ms = System.currentTimeMillis();

  @BeforeAll
  static void start() {
    server = EmbeddedPostgresServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void open() throws Exception {
    store.open();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static EventRecord ofTenant(String eventId, String entryId, @Nullable String tenantId) {
    EventRecord plain = record(eventId, "{\"of\":\"" + tenantId + "\"}", entryId, null);
    return new EventRecord(
        plain.entryId(),
        plain.eventId(),
        plain.eventType(),
        plain.toolId(),
        tenantId,
        plain.repoName(),
        plain.senderName(),
        plain.payload(),
        plain.result(),
        plain.authContext(),
        plain.metadata(),
        plain.correlationId(),
        plain.attempt(),
        plain.processedAt(),
        plain.worker(),
        plain.dlqRetries());
  }

  @Test
  void twoEventsOfOneIdAndOneMillisecondAreStoredApart() throws Exception {
    store.store(List.of(record("1", "{\"n\":1}", ms + "-0", null)), List.of());
    assertThat(store.isStored("1", ms + "-1")).isFalse();
    store.store(List.of(record("1", "{\"n\":2}", ms + "-1", null)), List.of());
    store.store(List.of(record("1", "{\"n\":2}", ms + "-1", null)), List.of());
    assertThat(database.column("SELECT payload FROM webhook_events ORDER BY entry_id"))
        .containsExactly("{\"n\":1}", "{\"n\":2}");
    assertThat(store.isStored("1", ms + "-1")).isTrue();
    assertThat(store.known(List.of(new EventKey("1", ms + "-1"), new EventKey("1", ms + "-2"))))
        .isEqualTo(Set.of(new EventKey("1", ms + "-1")));
  }

  @Test
  void theSameEntryOfAnotherPartitionIsAnotherEvent() throws Exception {
    store.store(List.of(record("1", "{}", ms + "-0", null)), List.of());
    assertThat(store.isStored("1", ms + "-0@3")).isFalse();
    store.store(List.of(record("1", "{}", ms + "-0@3", null)), List.of());
    assertThat(store.isStored("1", ms + "-0@3")).isTrue();
    assertThat(
            database.column(
                "SELECT partition || ' ' || entry_seq || ' ' || entry_id FROM webhook_events"
                    + " ORDER BY partition"))
        .containsExactly("0 0 " + ms + "-0", "3 0 " + ms + "-0@3");
  }

  @Test
  void whatWasSentAgainLaterIsFoundByItsIdAndItsTenant() throws Exception {
    store.store(
        List.of(ofTenant("1", ms + "-5", "acme"), ofTenant("2", ms + "-5", "other")), List.of());
    assertThat(store.storedLater("1", "acme", ms + "-4")).contains(ms + "-5");
    assertThat(store.storedLater("1", "acme", ms + "-5")).isEmpty();
    assertThat(store.storedLater("1", "acme", ms + "-10")).isEmpty();
    assertThat(store.storedLater("1", "other", ms + "-4")).isEmpty();
    assertThat(store.storedLater("1", null, ms + "-4")).isEmpty();
  }

  @Test
  void aPageEndsAmidEventsOfOneIdAndOneMillisecondAndNoneIsLeftOut() throws Exception {
    List<EventRecord> records = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      records.add(record("1", "{}", ms + "-" + i, null));
    }
    store.store(records, List.of());
    EventHistory history = store.history().orElseThrow();
    List<String> seen = new ArrayList<>();
    String cursor = null;
    do {
      StoredEventPage page = history.search(EventFilter.ALL, cursor, 2);
      page.items().stream().map(StoredEvent::entryId).forEach(seen::add);
      cursor = page.next();
    } while (cursor != null);
    assertThat(seen).hasSize(7).doesNotHaveDuplicates();
  }

  @Test
  void erasureOfOneTenantsSubjectLeavesTheOthersEventOfThatId() throws Exception {
    store.store(
        List.of(ofTenant("1", ms + "-0", "acme"), ofTenant("1", ms + "-1", "other")), List.of());
    store.erase(
        new ErasureFilter(null, List.of(), "/of", "acme"), (id, payload) -> payload, "ann", false);
    assertThat(database.column("SELECT tenant_id FROM webhook_events")).containsExactly("other");
  }

  @Test
  void aTenantIsToldNothingOfAnothersEventOfThatId() throws Exception {
    store.store(
        List.of(ofTenant("1", ms + "-0", "acme"), ofTenant("1", ms + "-1", "other")),
        List.of(
            new AuditEntry(ms + "-1", "1", "forwarded", Instant.now(), 1, "w", "secret of other")));
    assertThat(store.story("1", "acme")).extracting(AuditEntry::entryId).containsOnly(ms + "-0");
    assertThat(store.story("1", null)).extracting(AuditEntry::action).contains("forwarded");
  }

  @Test
  void anAuditLineThatIsWrittenAgainBecauseItsCommitWasInDoubtIsThereOnce() throws Exception {
    Instant at = Instant.now();
    List<AuditEntry> lines =
        List.of(
            new AuditEntry(ms + "-0", "1", "retry_scheduled", at, 1, "w", "in 1s"),
            new AuditEntry(ms + "-0", "1", "forward_failed", at, 1, "w", "'a' 500"),
            new AuditEntry(ms + "-0", "1", "forward_failed", at, 1, "w", "'b' 500"),
            new AuditEntry(ms + "-1", "1", "retry_scheduled", at, 1, "w", "in 1s"));
    store.store(List.of(record("1", "{}", ms + "-0", null)), lines);
    store.store(List.of(record("1", "{}", ms + "-0", null)), lines);
    assertThat(database.column("SELECT action FROM webhook_audit_log"))
        .containsExactlyInAnyOrder(
            "processed", "retry_scheduled", "forward_failed", "forward_failed", "retry_scheduled");
  }
}
