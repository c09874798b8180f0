package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.Limits;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.DeadLetterEntry;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.DueRetries;
import dev.webhookworker.port.EntryIds;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.Recovered;
import dev.webhookworker.port.Settlement;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What no process should have to load is judged in Redis, before its fields leave it. */
class LargeEntryIT {

  private static final Limits LIMITS = new Limits(1024, 10, 255);
  private static final int TOO_LARGE = 3 * 1024 + 64 * 1024 + 1;
  private static final Duration LONG_AFTER = Duration.ofHours(1);

  private static TestQueue queue;

  @BeforeAll
  static void start() {
    queue = new TestQueue();
  }

  @AfterAll
  static void stop() {
    queue.close();
  }

  @BeforeEach
  void empty() {
    queue.empty();
  }

  private static EventStream stream(String name) throws StreamUnavailableException {
    return queue.stream(WorkerConfig.builder().consumerName(name).limits(LIMITS).build());
  }

  private static String publish(String eventId, int payloadBytes) {
    return queue.publish(
        Map.of("event_id", eventId, "event_type", "push", "payload", "x".repeat(payloadBytes)));
  }

  private static void assertWithheld(Delivery delivery, String eventId) {
    assertThat(delivery.fields().withheld()).isGreaterThan(TOO_LARGE);
    assertThat(delivery.fields().text("event_id")).isEqualTo(eventId);
    assertThat(delivery.fields().bytes("payload")).isNull();
  }

  @Test
  void ofAnAbandonedEntryThatIsTooLargeOnlyTheSmallFieldsLeaveRedis() throws Exception {
    EventStream dies = stream("dies");
    EventStream takesOver = stream("takes-over");
    publish("huge", TOO_LARGE);
    publish("small", 10);
    assertThat(dies.read(10, Duration.ZERO)).hasSize(2);
    queue.timePasses(LONG_AFTER);
    List<Delivery> recovered = takesOver.recover(10).deliveries();
    assertThat(recovered).hasSize(2);
    assertWithheld(recovered.get(0), "huge");
    assertThat(recovered.get(1).fields().withheld()).isZero();
    assertThat(recovered.get(1).fields().bytes("payload")).hasSize(10);
  }

  @Test
  void aRestartedWorkerIsNotGivenAgainWhatItsLastProcessDiedOf() throws Exception {
    EventStream dies = stream("same");
    publish("huge", TOO_LARGE);
    assertThat(dies.read(10, Duration.ZERO)).hasSize(1);
    queue.timePasses(LONG_AFTER);
    EventStream again = stream("same");
    List<Delivery> own = again.readOwnPending(Set.of(), true).deliveries();
    assertThat(own).hasSize(1);
    assertWithheld(own.get(0), "huge");
  }

  @Test
  void whoHasMetAnEntryThatIsTooLargeHasTheNextOnesJudgedBeforeTheyAreSent() throws Exception {
    EventStream dies = stream("same");
    publish("first", TOO_LARGE);
    assertThat(dies.read(10, Duration.ZERO)).hasSize(1);
    queue.timePasses(LONG_AFTER);
    EventStream again = stream("same");
    assertThat(again.readOwnPending(Set.of(), true).deliveries()).hasSize(1);
    publish("second", TOO_LARGE);
    publish("small", 10);
    List<Delivery> read = again.read(10, Duration.ZERO);
    assertThat(read).hasSize(2);
    assertWithheld(read.get(0), "second");
    assertThat(read.get(1).fields().text("event_id")).isEqualTo("small");
    assertThat(read.get(1).lease().fencingToken()).isPositive();
    assertThat(again.read(10, Duration.ofMillis(120))).isEmpty();
  }

  @Test
  void aLookPastTheGroupIsBoundedToo() throws Exception {
    EventStream stream = stream("one");
    String huge = publish("huge", TOO_LARGE);
    assertThat(stream.destinationLines().entries(List.of(huge)).get(huge).withheld())
        .isGreaterThan(TOO_LARGE);
  }

  /** Whose replies may have a mebibyte, which is the least. */
  private static EventStream small(String name) throws StreamUnavailableException {
    return queue.stream(
        WorkerConfig.builder()
            .consumerName(name)
            .prefetchBytes(64 * 1024)
            .limits(new Limits(1024 * 1024, 10, 255))
            .build());
  }

  private static List<Delivery> readLarge(EventStream stream, int entries)
      throws StreamUnavailableException {
    for (int i = 0; i < entries; i++) {
      publish("large-" + i, 300 * 1024);
    }
    List<Delivery> read = new ArrayList<>();
    while (read.size() < entries) {
      read.addAll(stream.read(100, Duration.ofSeconds(1)));
    }
    return read;
  }

  @Test
  void retriesAreLeasedInRepliesThatAProcessCanHold() throws Exception {
    EventStream stream = small("one");
    int entries = 12;
    List<Settlement> retries = new ArrayList<>();
    for (Delivery read : readLarge(stream, entries)) {
      retries.add(
          new Settlement.Reschedule(
              read.lease(), read.fields(), read.state(), Duration.ZERO, 0, false, null));
    }
    assertThat(stream.settle(retries)).containsOnly(Settlement.Result.DONE);
    List<Delivery> all = new ArrayList<>();
    for (int looks = 0; looks < entries && all.size() < entries; looks++) {
      DueRetries due = stream.takeDueRetries(100);
      assertThat(due.deliveries()).hasSizeBetween(1, 4);
      if (all.size() + due.deliveries().size() < entries) {
        assertThat(due.untilNext()).as("the rest is due now").isZero();
      }
      all.addAll(due.deliveries());
    }
    assertThat(all).extracting(Delivery::entryId).doesNotHaveDuplicates().hasSize(entries);
  }

  @Test
  void deadLettersAreReadInRepliesThatAProcessCanHold() throws Exception {
    EventStream stream = small("one");
    int entries = 12;
    List<Settlement> dead = new ArrayList<>();
    readLarge(stream, entries).forEach(read -> dead.add(StrangeEntriesIT.bury(read, null)));
    assertThat(stream.settle(dead)).containsOnly(Settlement.Result.DONE);
    for (boolean oldestFirst : new boolean[] {true, false}) {
      List<String> all = new ArrayList<>();
      @Nullable String position = null;
      List<DeadLetterEntry> page;
      do {
        page =
            oldestFirst
                ? stream.deadLetters().after(position, 100)
                : stream.deadLetters().before(position, 100);
        assertThat(page).hasSizeLessThanOrEqualTo(4);
        for (DeadLetterEntry entry : page) {
          assertThat(entry.fields().bytes("payload")).hasSize(300 * 1024);
          all.add(entry.position());
          position = entry.position();
        }
      } while (!page.isEmpty());
      assertThat(all).hasSize(entries);
      Comparator<String> older = EntryIds::compare;
      assertThat(all).isSortedAccordingTo(oldestFirst ? older : older.reversed());
    }
  }

  @Test
  void whatIsTakenOverComesInRepliesThatAProcessCanHold() throws Exception {
    EventStream dies = stream("dies");
    EventStream takesOver = small("takes-over");
    int entries = 12;
    for (int i = 0; i < entries; i++) {
      publish("large-" + i, 300 * 1024);
    }
    assertThat(dies.read(100, Duration.ZERO)).hasSize(entries);
    queue.timePasses(LONG_AFTER);
    List<Delivery> all = new ArrayList<>();
    for (int looks = 0; looks < entries && all.size() < entries; looks++) {
      Recovered recovered = takesOver.recover(100);
      // A mebibyte is the least that a reply may have.
      assertThat(recovered.deliveries()).hasSizeBetween(1, 4);
      all.addAll(recovered.deliveries());
    }
    assertThat(all).hasSize(entries).allMatch(one -> one.fields().withheld() == 0);
  }
}
