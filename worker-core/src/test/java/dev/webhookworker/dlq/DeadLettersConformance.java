package dev.webhookworker.dlq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.BulkRetryPlan;
import dev.webhookworker.BulkRetryProgress;
import dev.webhookworker.DeadLetter;
import dev.webhookworker.DeadLetterDetails;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterGroup;
import dev.webhookworker.DeadLetterPage;
import dev.webhookworker.DeadLetterResult;
import dev.webhookworker.DeadLetterRetry;
import dev.webhookworker.DeadLetterStatus;
import dev.webhookworker.DlqSettings;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.RetryPolicy;
import dev.webhookworker.StoryLine;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerBuilder;
import dev.webhookworker.WorkerConfig;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@code worker.deadLetters()} promises, whatever queue and table are behind it. */
public abstract class DeadLettersConformance {

  private static final Duration LIMIT = Duration.ofSeconds(15);

  /** By hand only: nothing is old enough for the worker. */
  protected static final DlqSettings BY_HAND =
      DlqSettings.DEFAULTS
          .withIntervals(Duration.ofMillis(20), Duration.ofSeconds(1), Duration.ofMillis(20))
          .withRetries(Duration.ofHours(1), 1, 3, 10)
          .withWarnAfter(2);

  private final List<String> processed = new CopyOnWriteArrayList<>();
  protected volatile boolean broken = true;
  private @Nullable Worker worker;

  /** A builder with queue and store of this test. */
  protected abstract WorkerBuilder builder(WorkerConfig config);

  /** Adds an entry to the worker's queue. */
  protected abstract void publish(Map<String, String> fields);

  /** Whether what is over stays known. */
  protected abstract boolean keepsWhatIsOver();

  protected WorkerConfig.Builder config() {
    return WorkerConfig.builder().blockTimeout(Duration.ofMillis(20));
  }

  protected Worker start(DlqSettings dlq) throws IOException {
    Worker made =
        builder(config().retryPolicy(RetryPolicy.none()).dlq(dlq).build())
            .processor(
                "*",
                (event, context) -> {
                  if (broken || event.rawPayload().contains("bad")) {
                    throw event.eventType().equals("invoice")
                        ? new NonRetryableException("no such customer")
                        : new IOException("connection refused");
                  }
                  processed.add(event.eventId() + " " + event.rawPayload());
                })
            .build();
    worker = made;
    made.start();
    return made;
  }

  @AfterEach
  void stop() {
    if (worker != null) {
      worker.close();
    }
  }

  protected void publish(String id, String type, String tenant, String payload) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("event_id", id);
    fields.put("event_type", type);
    fields.put("payload", payload);
    fields.put("auth_context", "{\"tenant_id\":\"" + tenant + "\"}");
    fields.put("custom", "kept");
    publish(fields);
  }

  private Worker startWithDead(int count) throws IOException {
    Worker made = start(BY_HAND);
    for (int i = 0; i < count; i++) {
      publishNumbered(i);
    }
    awaitOpen(made, count);
    return made;
  }

  private void publishNumbered(int i) {
    publish("event-" + i, i % 2 == 0 ? "push" : "invoice", i < 3 ? "acme" : "other", "{}");
  }

  protected static void awaitOpen(Worker worker, long count) {
    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(() -> worker.deadLetters().count(DeadLetterFilter.OPEN) == count);
  }

  private static DeadLetter only(Worker worker) {
    List<DeadLetter> all = worker.deadLetters().list(DeadLetterFilter.OPEN, null, 10).items();
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private static List<String> actions(Worker worker, String eventId) {
    return worker.events().story(eventId).stream().map(StoryLine::action).toList();
  }

  @Test
  void deadLettersAreListedInPagesNewestFirstAndFiltered() throws Exception {
    Worker made = start(BY_HAND);
    // One after the other: of those that die together nobody is the newest.
    for (int i = 0; i < 5; i++) {
      publishNumbered(i);
      awaitOpen(made, i + 1);
    }
    List<String> ids = new ArrayList<>();
    String cursor = null;
    int pages = 0;
    do {
      DeadLetterPage page = made.deadLetters().list(DeadLetterFilter.OPEN, cursor, 2);
      page.items().forEach(letter -> ids.add(letter.eventId()));
      cursor = page.next();
      pages++;
    } while (cursor != null);
    assertThat(pages).isEqualTo(3);
    assertThat(ids).containsExactly("event-4", "event-3", "event-2", "event-1", "event-0");

    DeadLetterFilter open = DeadLetterFilter.OPEN;
    assertThat(made.deadLetters().count(open.withEventType("push"))).isEqualTo(3);
    assertThat(made.deadLetters().count(open.withErrorClass(IOException.class.getName())))
        .isEqualTo(3);
    assertThat(made.deadLetters().count(open.withText("CUSTOMER"))).isEqualTo(2);
    assertThat(made.deadLetters().count(open.withToolId("default"))).isEqualTo(5);
    assertThat(made.deadLetters().count(open.withTenantId("acme"))).isEqualTo(3);
    assertThat(made.deadLetters().count(open.withDead(Instant.now().plusSeconds(60), null)))
        .isZero();
    assertThat(made.deadLetters().count(open.withStatuses(Set.of(DeadLetterStatus.FAILED))))
        .isZero();
  }

  @Test
  void deadLettersOfOneCauseAreOneGroup() throws Exception {
    Worker made = startWithDead(5);
    List<DeadLetterGroup> groups = made.deadLetters().groups(DeadLetterFilter.OPEN, 10);
    assertThat(groups).extracting(DeadLetterGroup::count).containsExactly(3L, 2L);
    DeadLetterGroup largest = groups.get(0);
    assertThat(largest.sample().errorMessage()).isEqualTo("connection refused");
    assertThat(largest.firstSeen()).isBeforeOrEqualTo(largest.lastSeen());
    assertThat(
            made.deadLetters().count(DeadLetterFilter.OPEN.withFingerprint(largest.fingerprint())))
        .isEqualTo(3);
  }

  @Test
  void aDeadLetterIsShownWithAllThatIsKnown() throws Exception {
    Worker made = start(BY_HAND);
    publish("1", "push", "acme", "{\"a\" : 1}");
    awaitOpen(made, 1);
    DeadLetterDetails details = made.deadLetters().show(only(made).id()).orElseThrow();
    assertThat(details.payload()).isEqualTo("{\"a\" : 1}");
    assertThat(details.fields()).containsEntry("custom", "kept").doesNotContainKey("payload");
    assertThat(details.deadLetter().tenantId()).isEqualTo("acme");
    assertThat(details.deadLetter().status()).isEqualTo(DeadLetterStatus.PENDING);
    assertThat(details.attempts()).hasSize(1);
    assertThat(details.warnings()).isEmpty();
    assertThat(details.toString()).doesNotContain("\"a\"");
    assertThat(made.deadLetters().show("1-1")).isEmpty();
  }

  @Test
  void aRetriedDeadLetterIsOverWhenItsEventWasProcessed() throws Exception {
    Worker made = start(BY_HAND);
    publish("1", "push", "acme", "{}");
    awaitOpen(made, 1);
    String id = only(made).id();
    broken = false;
    assertThat(made.deadLetters().retry(id, "ann")).isEqualTo(DeadLetterResult.DONE);
    awaitOpen(made, 0);
    assertThat(processed).containsExactly("1 {}");
    assertThat(made.deadLetters().retry(id, "ann")).isEqualTo(DeadLetterResult.NOT_OPEN);
    assertThat(actions(made, "1")).contains("dlq_retry");
    if (keepsWhatIsOver()) {
      assertThat(made.deadLetters().show(id).orElseThrow().deadLetter().status())
          .isEqualTo(DeadLetterStatus.RESOLVED);
    }
  }

  @Test
  void aDeadLetterThatFailsAgainIsTheSameOneAndWarnsWhenThatGoesOn() throws Exception {
    Worker made = start(BY_HAND);
    publish("1", "push", "acme", "{}");
    awaitOpen(made, 1);
    String id = only(made).id();
    for (int retry = 1; retry <= 2; retry++) {
      int expected = retry;
      await()
          .atMost(LIMIT)
          .until(() -> made.deadLetters().retry(id, "ann") == DeadLetterResult.DONE);
      await()
          .atMost(LIMIT)
          .until(
              () ->
                  only(made).retryCount() == expected
                      && only(made).status() == DeadLetterStatus.PENDING);
    }
    DeadLetterDetails details = made.deadLetters().show(id).orElseThrow();
    assertThat(details.retries()).extracting(DeadLetterRetry::actor).containsExactly("ann", "ann");
    assertThat(details.attempts()).hasSize(3);
    assertThat(details.warnings()).singleElement().asString().contains("2 times");
  }

  @Test
  void aRetryByFilterStopsAfterOneWhenTheCauseIsNotMended() throws Exception {
    Worker made = startWithDead(4);
    BulkRetryProgress progress =
        made.deadLetters()
            .retryAll(DeadLetterFilter.OPEN, BulkRetryPlan.CAREFUL, "ann", ignored -> {});
    assertThat(progress.state()).isEqualTo(BulkRetryProgress.State.CANARY_FAILED);
    assertThat(progress.sent()).isEqualTo(1);
    awaitOpen(made, 4);
  }

  @Test
  void aRetryByFilterRunsWhatMatchesOnceTheCauseIsMended() throws Exception {
    Worker made = startWithDead(20);
    broken = false;
    List<Integer> seen = new ArrayList<>();
    BulkRetryPlan plan = BulkRetryPlan.CAREFUL.withPerSecond(10_000);
    DeadLetterFilter pushes = DeadLetterFilter.OPEN.withEventType("push");
    assertThat(made.deadLetters().count(pushes)).isEqualTo(10);
    BulkRetryProgress capped =
        made.deadLetters().retryAll(pushes, plan.withCap(3), "ann", ignored -> {});
    assertThat(capped.state()).isEqualTo(BulkRetryProgress.State.CAPPED);
    assertThat(capped.sent()).isEqualTo(3);
    awaitOpen(made, 17);
    BulkRetryProgress rest =
        made.deadLetters()
            .retryAll(
                DeadLetterFilter.OPEN,
                plan.resuming(capped.startedAt()),
                "ann",
                progress -> seen.add(progress.sent()));
    assertThat(rest.state()).isEqualTo(BulkRetryProgress.State.COMPLETE);
    assertThat(seen).isSorted().startsWith(1, 11).endsWith(17);
    awaitOpen(made, 0);
    assertThat(processed).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void anEditedPayloadRunsAndBothVersionsAreInTheStory() throws Exception {
    Worker made = start(BY_HAND);
    broken = false;
    publish("1", "push", "acme", "{\"state\":\"bad\"}");
    awaitOpen(made, 1);
    String id = only(made).id();
    assertThat(made.deadLetters().retryEdited(id, "{\"state\":\"good\"}", "ann", "typo"))
        .isEqualTo(DeadLetterResult.DONE);
    awaitOpen(made, 0);
    assertThat(processed).containsExactly("1 {\"state\":\"good\"}");
    assertThat(made.events().story("1"))
        .filteredOn(line -> line.action().equals("dlq_retry_edited"))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.actor()).isEqualTo("ann");
              assertThat(line.detail()).contains("bad", "good", "typo");
            });
  }

  @Test
  void aDiscardedDeadLetterIsGivenUpWithItsReason() throws Exception {
    Worker made = start(BY_HAND);
    publish("1", "push", "acme", "{}");
    awaitOpen(made, 1);
    String id = only(made).id();
    assertThat(made.deadLetters().discard(id, "ann", "a test event"))
        .isEqualTo(DeadLetterResult.DONE);
    assertThat(made.deadLetters().count(DeadLetterFilter.OPEN)).isZero();
    assertThat(made.deadLetters().retry(id, "ann")).isEqualTo(DeadLetterResult.NOT_OPEN);
    assertThat(made.events().story("1")).anyMatch(line -> line.action().equals("dlq_discarded"));
  }

  @Test
  void purgingForgetsWhatEndedBefore() throws Exception {
    Worker made = startWithDead(3);
    assertThat(made.deadLetters().purge(Instant.now().minusSeconds(60), "ann")).isZero();
    assertThat(made.deadLetters().purge(Instant.now().plusSeconds(1), "ann")).isEqualTo(3);
    assertThat(made.deadLetters().count(DeadLetterFilter.ALL)).isZero();
    assertThat(actions(made, "event-0")).contains("dlq_purged");
  }

  @Test
  void aTenantSeesAndTouchesOnlyItsOwn() throws Exception {
    Worker made = startWithDead(5);
    var acme = made.deadLetters().forTenant("acme");
    assertThat(acme.count(DeadLetterFilter.OPEN)).isEqualTo(3);
    assertThat(acme.list(DeadLetterFilter.OPEN, null, 10).items())
        .allMatch(letter -> "acme".equals(letter.tenantId()));
    DeadLetter others =
        made.deadLetters()
            .list(DeadLetterFilter.OPEN.withTenantId("other"), null, 1)
            .items()
            .get(0);
    assertThat(acme.show(others.id())).isEmpty();
    assertThat(acme.retry(others.id(), "eve")).isEqualTo(DeadLetterResult.NOT_OPEN);
    assertThat(acme.discard(others.id(), "eve", "mine now")).isEqualTo(DeadLetterResult.NOT_OPEN);
    assertThat(made.events().forTenant("acme").story(others.eventId())).isEmpty();
    assertThat(acme.purge(Instant.now().plusSeconds(1), "ann")).isEqualTo(3);
    assertThat(made.deadLetters().count(DeadLetterFilter.OPEN)).isEqualTo(2);
    assertThatThrownBy(() -> acme.count(DeadLetterFilter.OPEN.withTenantId("other")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theWorkerRetriesByItselfWhatIsRetryableUntilItsBudgetIsUsedUp() throws Exception {
    Worker made =
        start(
            DlqSettings.DEFAULTS
                .withIntervals(Duration.ofMillis(20), Duration.ofSeconds(1), Duration.ofMillis(20))
                .withRetries(Duration.ZERO, 1, 2, 10));
    publish("never", "invoice", "acme", "{}");
    publish("again", "push", "acme", "{}");
    DeadLetterFilter failed = DeadLetterFilter.ALL.withStatuses(Set.of(DeadLetterStatus.FAILED));
    await().atMost(LIMIT).ignoreExceptions().until(() -> made.deadLetters().count(failed) == 1);
    DeadLetter again = made.deadLetters().list(failed, null, 10).items().get(0);
    assertThat(again.eventId()).isEqualTo("again");
    assertThat(again.retryCount()).isEqualTo(2);
    DeadLetter never =
        made.deadLetters()
            .list(DeadLetterFilter.OPEN.withEventType("invoice"), null, 10)
            .items()
            .get(0);
    assertThat(never.retryCount()).isZero();
    assertThat(never.status()).isEqualTo(DeadLetterStatus.PENDING);
  }
}
