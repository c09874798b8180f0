package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.Admission;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.DeadLetterEntry;
import dev.webhookworker.port.DeadLetterRecord;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.DestinationFailures;
import dev.webhookworker.port.DestinationLines;
import dev.webhookworker.port.DlqRetries;
import dev.webhookworker.port.EntryIds;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.QueueUpkeep;
import dev.webhookworker.port.ResourceTurns;
import dev.webhookworker.port.ResourceVersion;
import dev.webhookworker.port.Settlement;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.params.XAddParams;

/** What somebody else wrote into the queue's structures holds up nothing and nobody. */
class StrangeEntriesIT {

  private static TestQueue queue;

  private EventStream stream;

  @BeforeAll
  static void start() {
    queue = new TestQueue();
  }

  @AfterAll
  static void stop() {
    queue.close();
  }

  @BeforeEach
  void open() throws StreamUnavailableException {
    queue.empty();
    stream = queue.stream(WorkerConfig.builder().consumerName("one").build());
  }

  private Delivery readOne() throws StreamUnavailableException {
    List<Delivery> read = stream.read(10, Duration.ZERO);
    assertThat(read).hasSize(1);
    return read.get(0);
  }

  private static Claim claim(Delivery delivery) {
    return new Claim(
        String.valueOf(delivery.fields().text("event_id")), delivery.entryId(), "hash");
  }

  private static Settlement retry(Delivery delivery, Claim claim) {
    return new Settlement.Reschedule(
        delivery.lease(), delivery.fields(), delivery.state(), Duration.ZERO, 0, false, claim);
  }

  static Settlement bury(Delivery delivery, @Nullable Claim claim) {
    DeadLetterRecord record =
        new DeadLetterRecord(
            "undecodable",
            "",
            "no",
            "",
            false,
            0,
            List.of(),
            EntryIds.time(delivery.entryId()),
            Instant.EPOCH,
            "one",
            null,
            null,
            Set.of(),
            DlqRetries.NONE,
            delivery.fencingToken());
    return new Settlement.Bury(delivery.lease(), delivery.fields(), record, claim);
  }

  private static void addToDlq(String record) {
    queue.admin.xadd(
        "webhook_events_dlq",
        XAddParams.xAddParams(),
        Map.of("event_id", "x", "dead_letter", record));
  }

  // ---------------------------------------------------------------- dead letters

  @Test
  void entriesOfTheDlqStreamThatCanNotBeReadAreNoDeadLettersAndHoldUpNone() throws Exception {
    addToDlq("{not json");
    addToDlq("[]");
    addToDlq("{\"entry_id\":\"abc\",\"reason\":\"poison\"}");
    addToDlq("{\"entry_id\":\"1-1\",\"reason\":\"poison\",\"dead_at\":\"yesterday\"}");
    addToDlq("{\"entry_id\":\"1-1\",\"reason\":\"poison\",\"attempts\":[{\"at\":7}]}");
    queue.publish("1");
    Delivery delivery = readOne();
    stream.settle(List.of(bury(delivery, claim(delivery))));
    addToDlq("");
    List<DeadLetterEntry> all = stream.deadLetters().after(null, 100);
    assertThat(all).hasSize(7);
    assertThat(all)
        .filteredOn(DeadLetterEntry::isOurs)
        .singleElement()
        .extracting(DeadLetterEntry::entryId)
        .isEqualTo(delivery.entryId());
    assertThat(stream.deadLetters().before(null, 100)).hasSize(7);
    assertThat(stream.depth().unreadable()).isGreaterThanOrEqualTo(6);
  }

  @Test
  void anIndexOfDeadLettersThatNamesNoPositionHoldsUpNoOther() throws Exception {
    queue.publish("1");
    Delivery delivery = readOne();
    stream.settle(List.of(bury(delivery, claim(delivery))));
    queue.admin.hset("webhook_events_dlq_open", "1-1", "nowhere");
    assertThat(stream.deadLetters().find(List.of("1-1", delivery.entryId()))).hasSize(1);
    assertThat(stream.deadLetters().find("1-1")).isEmpty();
    assertThat(stream.deadLetters().discard(List.of("1-1", delivery.entryId()))).hasSize(2);
  }

  @Test
  void aLineOfTheAuditStreamThatCanNotBeReadIsLeftOut() throws Exception {
    queue.admin.xadd(
        "webhook_events_dlq_audit",
        XAddParams.xAddParams(),
        Map.of("event_id", "1", "at", "noon", "attempt", "x"));
    AuditEntry line = new AuditEntry("1-1", "1", "dlq_retry", Instant.EPOCH, 1, "ann", null);
    stream.deadLetters().audit(List.of(line));
    assertThat(stream.deadLetters().story("1")).containsExactly(line);
  }

  // ---------------------------------------------------------------- retries

  @Test
  void whatIsNoEntryIdInTheRetrySetIsRemoved() throws Exception {
    queue.publish("1");
    Delivery delivery = readOne();
    stream.settle(List.of(retry(delivery, claim(delivery))));
    queue.admin.zadd(TestQueue.RETRY, 1, "strange");
    queue.admin.hset(TestQueue.RETRY + "_data", Map.of("strange", "x", "strange#token", "1"));
    assertThat(stream.takeDueRetries(10).deliveries()).hasSize(1);
    assertThat(queue.admin.zrange(TestQueue.RETRY, 0, -1)).containsExactly(delivery.entryId());
    QueueUpkeep.Page<QueueUpkeep.Waiting> page =
        stream.upkeep().orElseThrow().waiting(QueueUpkeep.START);
    assertThat(page.items())
        .extracting(QueueUpkeep.Waiting::entryId)
        .containsExactly(delivery.entryId());
  }

  @Test
  void aRetryWhoseCountersWereChangedRuns() throws Exception {
    queue.publish("1");
    Delivery delivery = readOne();
    stream.settle(List.of(retry(delivery, claim(delivery))));
    queue.admin.hset(TestQueue.RETRY + "_data", delivery.entryId() + "#base", "many");
    Delivery again = stream.takeDueRetries(10).deliveries().get(0);
    assertThat(again.fencingToken()).isGreaterThan(delivery.fencingToken());
    assertThat(stream.settle(List.of(new Settlement.Acknowledge(again.lease(), false, null))))
        .containsExactly(Settlement.Result.DONE);
  }

  // ---------------------------------------------------------------- marks

  @Test
  void aKeyThatIsNoMarkHoldsUpOnlyItsOwnEvent() throws Exception {
    queue.admin.hset("webhook:idempotency:1", "a", "b");
    queue.publish("1");
    queue.publish("2");
    List<Delivery> both = stream.read(10, Duration.ZERO);
    List<Admission> answers =
        stream.admit(both, both.stream().map(StrangeEntriesIT::claim).toList());
    assertThat(answers.get(0)).isInstanceOf(Admission.Other.class);
    assertThat(answers.get(1)).isEqualTo(Admission.FRESH);
    assertThat(stream.takeOver(claim(both.get(0)), ((Admission.Other) answers.get(0)).owner()))
        .isTrue();
    queue.admin.hset("webhook:idempotency:3", "a", "b");
    assertThat(stream.upkeep().orElseThrow().marks(QueueUpkeep.START).items()).hasSize(2);
  }

  @Test
  void anEntryWithoutAnEventIdIsSettledByAUserWhoMayTouchOnlyTheWorkersKeys() throws Exception {
    queue.publish(Map.of("payload", "{}"));
    queue.publish(Map.of("payload", "{}"));
    queue.publish("3");
    List<Delivery> all = stream.read(10, Duration.ZERO);
    assertThat(
            stream.settle(
                List.of(
                    bury(all.get(0), null),
                    retry(all.get(1), null),
                    bury(all.get(2), claim(all.get(2))))))
        .containsOnly(Settlement.Result.DONE);
    assertThat(stream.depth().deadLetters()).isEqualTo(2);
    assertThat(stream.depth().pending()).isZero();
    DeadLetterEntry dead = stream.deadLetters().find(all.get(0).entryId()).orElseThrow();
    assertThat(
            stream
                .deadLetters()
                .reinject(
                    List.of(
                        new dev.webhookworker.port.DeadLetterQueue.Revival(
                            dead, dead.fields(), dead.retried(DlqRetries.NONE), null))))
        .containsExactly(dev.webhookworker.port.DeadLetterQueue.Reinjection.DONE);
    assertThat(
            stream
                .upkeep()
                .orElseThrow()
                .forget(List.of(new dev.webhookworker.port.EventKey("", all.get(1).entryId())))
                .entries())
        .isEqualTo(1);
  }

  // ---------------------------------------------------------------- lines, turns, destinations

  @Test
  void whatIsNoPlaceInALineIsRemoved() throws Exception {
    queue.publish("1");
    Delivery delivery = readOne();
    DestinationFailures.Name name = new DestinationFailures.Name("tool", "crm");
    queue.admin.zadd("webhook_events:line:tool:crm", 0, "!strange");
    DestinationLines.Place place = new DestinationLines.Place(name, delivery.entryId());
    assertThat(stream.destinationLines().join(place).ahead()).isZero();
    queue.admin.zadd("webhook_events:line:tool:crm", 0, "~strange");
    stream.destinationLines().leave(place, 10);
    assertThat(queue.admin.zcard("webhook_events:line:tool:crm")).isZero();
  }

  @Test
  void aTurnThatWasWrittenInPartIsNobodys() throws Exception {
    ResourceVersion version = new ResourceVersion("hash", "0001", Duration.ofDays(1));
    queue.admin.hset("webhook_events:turn:hash", Map.of("run_entry", "9-9", "wait_entry", "8-8"));
    ResourceTurns.Turn turn = new ResourceTurns.Turn(version, "1-1", 1);
    assertThat(stream.turns().take(turn, Duration.ofMinutes(1)))
        .isEqualTo(ResourceTurns.Answer.TAKEN);
    stream.turns().putOff(turn, Duration.ofMinutes(1));
  }

  @Test
  void aDestinationWhoseTimesAreNoneIsDisabledAllTheSame() throws Exception {
    DestinationFailures.Name name = new DestinationFailures.Name("tool", "crm");
    queue.admin.hset(
        "webhook_events:destination:tool:crm",
        Map.of("disabled_at", "noon", "failing_since", "ever"));
    assertThat(stream.destinationFailures().of(name).disabledAt()).isPresent();
    assertThat(stream.destinationFailures().failed(name, Duration.ofHours(1)))
        .isEqualTo(Duration.ZERO);
  }
}
