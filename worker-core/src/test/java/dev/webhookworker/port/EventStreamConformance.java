package dev.webhookworker.port;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.DeadLetterRetry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every {@link EventStream} must keep; each implementation runs it on a queue of its own. */
public abstract class EventStreamConformance {

  /** The visibility timeout of the streams that {@link #stream} makes. */
  protected static final Duration VISIBILITY = Duration.ofMinutes(1);

  /** The number of unclean ends that makes an entry poison. */
  protected static final int MAX_DELIVERIES = 5;

  private static final Duration DELAY = Duration.ofSeconds(10);

  /** A stream of that consumer on the test's queue, open. */
  protected abstract EventStream stream(String consumer) throws StreamUnavailableException;

  /** Adds an entry; its id. */
  protected abstract String publish(Map<String, String> fields);

  /** Makes it look as if that much time had passed for leases and delays. */
  protected abstract void timePasses(Duration duration);

  /** The queue forgets its open dead letters. */
  protected abstract void loseDeadLetters();

  protected final String publish(String eventId) {
    return publish(eventId, "{}");
  }

  protected final String publish(String eventId, String payload) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("event_id", eventId);
    fields.put("event_type", "push");
    fields.put("payload", payload);
    return publish(fields);
  }

  protected static List<Delivery> read(EventStream stream) throws StreamUnavailableException {
    return stream.read(100, Duration.ZERO);
  }

  protected static Delivery readOne(EventStream stream) throws StreamUnavailableException {
    List<Delivery> deliveries = read(stream);
    assertThat(deliveries).hasSize(1);
    return deliveries.get(0);
  }

  protected static Claim claim(Delivery delivery) {
    return claim(delivery, "hash");
  }

  protected static Claim claim(Delivery delivery, String bodyHash) {
    String eventId = delivery.fields().text("event_id");
    assertThat(eventId).isNotNull();
    return new Claim(eventId, delivery.entryId(), bodyHash);
  }

  protected static Admission admit(EventStream stream, Delivery delivery)
      throws StreamUnavailableException {
    return admit(stream, delivery, claim(delivery));
  }

  private static Admission admit(EventStream stream, Delivery delivery, Claim claim)
      throws StreamUnavailableException {
    List<Admission> answers = stream.admit(List.of(delivery), List.of(claim));
    assertThat(answers).hasSize(1);
    return answers.get(0);
  }

  protected static Settlement.Result settle(EventStream stream, Settlement settlement)
      throws StreamUnavailableException {
    return stream.settle(List.of(settlement)).get(0);
  }

  protected static Settlement acknowledge(Delivery delivery) {
    return new Settlement.Acknowledge(delivery.lease(), false, null);
  }

  protected static Settlement stored(Delivery delivery) {
    return new Settlement.Acknowledge(delivery.lease(), true, claim(delivery));
  }

  protected static Settlement reschedule(Delivery delivery) {
    return reschedule(delivery, delivery.state());
  }

  private static Settlement reschedule(Delivery delivery, AttemptState state) {
    return new Settlement.Reschedule(
        delivery.lease(), delivery.fields(), state, DELAY, 0, false, claim(delivery));
  }

  /** As a busy tool does: the event is put off before it was run. */
  protected static Settlement putOff(Delivery delivery) {
    return new Settlement.Reschedule(
        delivery.lease(),
        delivery.fields(),
        delivery.state(),
        DELAY,
        delivery.unsettledDeliveries(),
        delivery.mayBeStored(),
        claim(delivery));
  }

  protected static Settlement bury(Delivery delivery) {
    DeadLetterRecord record =
        new DeadLetterRecord(
            "not_retryable",
            "java.lang.IllegalStateException",
            "no",
            "0123",
            false,
            1,
            List.of(),
            EntryIds.time(delivery.entryId()),
            Instant.EPOCH,
            "worker",
            null,
            null,
            delivery.state().completed(),
            delivery.state().dlqRetries(),
            delivery.fencingToken());
    return new Settlement.Bury(delivery.lease(), delivery.fields(), record, claim(delivery));
  }

  private static String text(Delivery delivery, String field) {
    byte[] bytes = delivery.fields().bytes(field);
    return bytes == null ? "(absent)" : new String(bytes, StandardCharsets.UTF_8);
  }

  private static Delivery takeDue(EventStream stream) throws StreamUnavailableException {
    List<Delivery> due = stream.takeDueRetries(100).deliveries();
    assertThat(due).hasSize(1);
    return due.get(0);
  }

  // ---------------------------------------------------------------- reading

  @Test
  void newEntriesAreReadOnceAndInOrder() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    String first = publish("1");
    String second = publish("2");
    String third = publish("3");
    List<Delivery> taken = one.read(2, Duration.ZERO);
    assertThat(taken).extracting(Delivery::entryId).containsExactly(first, second);
    assertThat(read(other)).extracting(Delivery::entryId).containsExactly(third);
    assertThat(read(one)).isEmpty();
  }

  @Test
  void theFieldsComeAsTheyWerePublishedUnknownOnesIncluded() throws Exception {
    EventStream stream = stream("one");
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("event_id", "1");
    fields.put("payload", "{\"z\":1, \"a\":\"\\u0000\",\"z\":2e400}");
    fields.put("nobody_knows", "ünïcode");
    fields.put("empty", "");
    publish(fields);
    Delivery delivery = readOne(stream);
    fields.forEach((name, value) -> assertThat(text(delivery, name)).isEqualTo(value));
    assertThat(delivery.fields().size()).isEqualTo(fields.size());
    assertThat(delivery.state()).isEqualTo(AttemptState.NEW);
    assertThat(delivery.unsettledDeliveries()).isZero();
  }

  @Test
  void whatIsAcknowledgedNeverComesBack() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    assertThat(settle(stream, acknowledge(readOne(stream)))).isEqualTo(Settlement.Result.DONE);
    timePasses(VISIBILITY.multipliedBy(2));
    assertThat(stream.recover(100).deliveries()).isEmpty();
    assertThat(stream.readOwnPending(Set.of(), true).deliveries()).isEmpty();
    assertThat(stream.depth().total()).isZero();
  }

  @Test
  void theLastCopyIsNotAcknowledgedForAnotherThatIsGone() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    Delivery last = readOne(stream);
    assertThat(settle(stream, new Settlement.AcknowledgeCopy(last.lease())))
        .isEqualTo(Settlement.Result.LOST);
    timePasses(VISIBILITY.multipliedBy(2));
    assertThat(stream.recover(100).deliveries())
        .extracting(Delivery::entryId)
        .containsExactly(last.entryId());
  }

  // ---------------------------------------------------------------- admission

  @Test
  void theFirstClaimOfAnEventIsFresh() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    assertThat(admit(stream, readOne(stream))).isEqualTo(Admission.FRESH);
  }

  @Test
  void aRedeliveredEntryMeetsItsOwnMark() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    Delivery delivery = readOne(stream);
    admit(stream, delivery);
    assertThat(admit(stream, delivery)).isEqualTo(new Admission.Own(false));
  }

  @Test
  void anOwnMarkSaysWhetherTheEntryWaitsForItsRetry() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    Delivery delivery = readOne(stream);
    admit(stream, delivery);
    settle(stream, reschedule(delivery));
    assertThat(admit(stream, delivery)).isEqualTo(new Admission.Own(true));
  }

  @Test
  void aDuplicateOfAnEventInProgressLearnsThatItIs() throws Exception {
    EventStream stream = stream("one");
    String owner = publish("1");
    publish("1");
    List<Delivery> both = read(stream);
    admit(stream, both.get(0));
    Admission.Other answer = (Admission.Other) admit(stream, both.get(1));
    assertThat(answer.ownerEntryId()).isEqualTo(owner);
    assertThat(answer.inProgress()).isTrue();
    assertThat(answer.sameBody()).isTrue();
  }

  @Test
  void anEventThatWaitsForItsRetryIsInProgress() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    publish("1");
    List<Delivery> both = read(stream);
    admit(stream, both.get(0));
    settle(stream, reschedule(both.get(0)));
    assertThat(((Admission.Other) admit(stream, both.get(1))).inProgress()).isTrue();
  }

  @Test
  void aDuplicateOfAnAcknowledgedEventLearnsThatNobodyHoldsIt() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    publish("1");
    List<Delivery> both = read(stream);
    admit(stream, both.get(0));
    settle(stream, acknowledge(both.get(0)));
    assertThat(((Admission.Other) admit(stream, both.get(1))).inProgress()).isFalse();
  }

  @Test
  void anIdWithAnotherBodyIsRecognised() throws Exception {
    EventStream stream = stream("one");
    publish("1", "{\"a\":1}");
    publish("1", "{\"a\":2}");
    List<Delivery> both = read(stream);
    admit(stream, both.get(0), claim(both.get(0), "hash-a"));
    Admission answer = admit(stream, both.get(1), claim(both.get(1), "hash-b"));
    assertThat(((Admission.Other) answer).sameBody()).isFalse();
  }

  @Test
  void aMarkIsTakenOverOnlyFromTheOwnerThatWasSeen() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    publish("1");
    List<Delivery> both = read(stream);
    Claim lost = claim(both.get(0));
    Claim heir = claim(both.get(1));
    admit(stream, both.get(0));
    assertThat(stream.takeOver(heir, "0-1:somebody-else")).isFalse();
    assertThat(stream.takeOver(heir, lost.owner())).isTrue();
    assertThat(stream.takeOver(heir, lost.owner())).isFalse();
    assertThat(admit(stream, both.get(1))).isInstanceOf(Admission.Own.class);
  }

  // ---------------------------------------------------------------- retries

  @Test
  void aRetryComesBackAfterItsDelayWithItsFieldsAndItsState() throws Exception {
    EventStream stream = stream("one");
    String id = publish("1", "{\"a\":\"\\u0000\"}");
    Delivery first = readOne(stream);
    AttemptState state =
        AttemptState.NEW
            .failed(new Attempt(1, Instant.ofEpochSecond(5), "java.io.IOException", "down"))
            .completing(Set.of("first-processor"));
    settle(stream, reschedule(first, state));
    assertThat(stream.takeDueRetries(100).deliveries()).isEmpty();
    timePasses(DELAY.plusSeconds(1));
    Delivery retry = takeDue(stream);
    assertThat(retry.entryId()).isEqualTo(id);
    assertThat(retry.lease().source()).isEqualTo(Source.RETRY);
    assertThat(retry.state()).isEqualTo(state);
    assertThat(text(retry, "payload")).isEqualTo("{\"a\":\"\\u0000\"}");
    assertThat(retry.unsettledDeliveries()).isZero();
  }

  @Test
  void aRetryThatIsNotDueSaysWhenItWillBe() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    settle(stream, reschedule(readOne(stream)));
    assertThat(stream.takeDueRetries(100).untilNext())
        .isBetween(Duration.ofMillis(1), DELAY.plusSeconds(1));
  }

  @Test
  void aLeasedRetryIsNobodyElsesUntilItsLeaseExpires() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    publish("1");
    settle(one, reschedule(readOne(one)));
    timePasses(DELAY.plusSeconds(1));
    takeDue(one);
    assertThat(other.takeDueRetries(100).deliveries()).isEmpty();
    timePasses(VISIBILITY.plusSeconds(1));
    assertThat(takeDue(other).unsettledDeliveries()).isEqualTo(1);
  }

  @Test
  void aRenewedRetryIsKept() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    publish("1");
    settle(one, reschedule(readOne(one)));
    timePasses(DELAY.plusSeconds(1));
    Delivery retry = takeDue(one);
    timePasses(VISIBILITY.minusSeconds(10));
    assertThat(one.renew(List.of(retry.lease()))).isEmpty();
    timePasses(Duration.ofSeconds(20));
    assertThat(other.takeDueRetries(100).deliveries()).isEmpty();
  }

  @Test
  void schedulingARetryTwiceLeavesOne() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    Delivery delivery = readOne(stream);
    assertThat(settle(stream, reschedule(delivery))).isEqualTo(Settlement.Result.DONE);
    assertThat(settle(stream, reschedule(delivery))).isEqualTo(Settlement.Result.DONE);
    assertThat(stream.depth().retriesWaiting()).isEqualTo(1);
    assertThat(stream.depth().pending()).isZero();
    timePasses(DELAY.plusSeconds(1));
    assertThat(stream.takeDueRetries(100).deliveries()).hasSize(1);
  }

  @Test
  void aRetryThatIsAcknowledgedLeavesNothing() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    settle(stream, reschedule(readOne(stream)));
    timePasses(DELAY.plusSeconds(1));
    settle(stream, acknowledge(takeDue(stream)));
    timePasses(VISIBILITY.multipliedBy(2));
    assertThat(stream.takeDueRetries(100).deliveries()).isEmpty();
    assertThat(stream.depth().retriesWaiting() + stream.depth().retriesDue()).isZero();
  }

  // ---------------------------------------------------------------- dead letters

  @Test
  void buryingTwiceLeavesOneDeadLetter() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    Delivery delivery = readOne(stream);
    assertThat(settle(stream, bury(delivery))).isEqualTo(Settlement.Result.DONE);
    assertThat(settle(stream, bury(delivery))).isEqualTo(Settlement.Result.DONE);
    assertThat(stream.depth().deadLetters()).isEqualTo(1);
    assertThat(stream.depth().total()).isZero();
  }

  @Test
  void aRetryThatIsBuriedTwiceLeavesOneDeadLetterAndNoRetry() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    settle(stream, reschedule(readOne(stream)));
    timePasses(DELAY.plusSeconds(1));
    Delivery retry = takeDue(stream);
    assertThat(settle(stream, bury(retry))).isEqualTo(Settlement.Result.DONE);
    assertThat(settle(stream, bury(retry))).isEqualTo(Settlement.Result.DONE);
    StreamDepth depth = stream.depth();
    assertThat(depth.deadLetters()).isEqualTo(1);
    assertThat(depth.retriesDue() + depth.retriesWaiting()).isZero();
  }

  // ---------------------------------------------------------------- retries of dead letters

  private static DeadLetterEntry open(EventStream stream) throws StreamUnavailableException {
    List<DeadLetterEntry> all = stream.deadLetters().after(null, 10);
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private static DeadLetterQueue.Reinjection reinject(EventStream stream, DeadLetterEntry entry)
      throws StreamUnavailableException {
    DlqRetries retries =
        entry.record().retries().with(new DeadLetterRetry(Instant.EPOCH, "operator"));
    Claim claim = new Claim(entry.eventId(), entry.entryId(), "hash");
    return stream
        .deadLetters()
        .reinject(
            List.of(
                new DeadLetterQueue.Revival(entry, entry.fields(), entry.retried(retries), claim)))
        .get(0);
  }

  /** An event that died as a retry, so that its former tokens count. */
  private Delivery retriedDeadLetter(EventStream stream) throws StreamUnavailableException {
    publish("1", "{\"a\":1}");
    Delivery dead = readOne(stream);
    settle(stream, bury(dead));
    assertThat(reinject(stream, open(stream))).isEqualTo(DeadLetterQueue.Reinjection.DONE);
    Delivery retry = takeDue(stream);
    assertThat(retry.entryId()).isEqualTo(dead.entryId());
    assertThat(text(retry, "payload")).isEqualTo("{\"a\":1}");
    assertThat(retry.fencingToken()).isGreaterThan(dead.fencingToken());
    assertThat(retry.unsettledDeliveries()).isZero();
    assertThat(retry.state().dlqRetries().count()).isEqualTo(1);
    return retry;
  }

  @Test
  void aDeadLetterThatIsRetriedStaysOpenUntilItIsAcknowledged() throws Exception {
    EventStream stream = stream("one");
    Delivery retry = retriedDeadLetter(stream);
    assertThat(admit(stream, retry)).isEqualTo(new Admission.Own(true));
    assertThat(stream.deadLetters().states(List.of(retry.entryId(), "1-1")))
        .containsExactly(DeadLetterQueue.State.RETRYING, DeadLetterQueue.State.NONE);
    assertThat(stream.depth().deadLetters()).isEqualTo(1);
    settle(stream, acknowledge(retry));
    assertThat(stream.depth().deadLetters()).isZero();
    assertThat(stream.deadLetters().find(retry.entryId())).isEmpty();
    assertThat(stream.depth().retriesWaiting() + stream.depth().retriesDue()).isZero();
  }

  @Test
  void aDeadLetterThatFailsAgainReplacesItsFormerSelf() throws Exception {
    EventStream stream = stream("one");
    Delivery retry = retriedDeadLetter(stream);
    DeadLetterEntry before = open(stream);
    assertThat(settle(stream, bury(retry))).isEqualTo(Settlement.Result.DONE);
    assertThat(settle(stream, bury(retry))).isEqualTo(Settlement.Result.DONE);
    DeadLetterEntry after = open(stream);
    assertThat(EntryIds.compare(after.position(), before.position())).isPositive();
    assertThat(after.record().retries().last())
        .containsExactly(new DeadLetterRetry(Instant.EPOCH, "operator"));
    assertThat(reinject(stream, before)).isEqualTo(DeadLetterQueue.Reinjection.CHANGED);
    assertThat(reinject(stream, after)).isEqualTo(DeadLetterQueue.Reinjection.DONE);
    assertThat(reinject(stream, after)).isEqualTo(DeadLetterQueue.Reinjection.RETRYING);
  }

  @Test
  void aRunThatLostItsLeaseDoesNotTouchTheRetryOfItsDeadLetter() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    Delivery outlived = retriedDeadLetter(one);
    timePasses(VISIBILITY.plusSeconds(1));
    Delivery current = takeDue(other);
    assertThat(settle(one, bury(outlived))).isEqualTo(Settlement.Result.LOST);
    assertThat(other.deadLetters().states(List.of(current.entryId())))
        .containsExactly(DeadLetterQueue.State.RETRYING);
    assertThat(admit(other, current)).isEqualTo(new Admission.Own(true));
    assertThat(settle(other, acknowledge(current))).isEqualTo(Settlement.Result.DONE);
    assertThat(one.depth().deadLetters()).isZero();
  }

  @Test
  void aDeadLetterThatIsPutOffStaysOpenAndKeepsItsRetries() throws Exception {
    EventStream stream = stream("one");
    settle(stream, reschedule(retriedDeadLetter(stream)));
    timePasses(DELAY.plusSeconds(1));
    assertThat(takeDue(stream).state().dlqRetries().count()).isEqualTo(1);
    assertThat(stream.depth().deadLetters()).isEqualTo(1);
  }

  @Test
  void onlyWhatIsNotBeingRetriedIsDiscarded() throws Exception {
    EventStream stream = stream("one");
    Delivery retry = retriedDeadLetter(stream);
    DeadLetterQueue dead = stream.deadLetters();
    assertThat(dead.discard(List.of(retry.entryId())))
        .containsExactly(DeadLetterQueue.State.RETRYING);
    settle(stream, bury(retry));
    assertThat(dead.discard(List.of(retry.entryId()))).containsExactly(DeadLetterQueue.State.OPEN);
    assertThat(dead.discard(List.of(retry.entryId()))).containsExactly(DeadLetterQueue.State.NONE);
    assertThat(stream.depth().deadLetters()).isZero();
  }

  @Test
  void aDeadLetterThatTheQueueHasLostIsRestoredOnce() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    settle(stream, bury(readOne(stream)));
    DeadLetterEntry entry = open(stream);
    loseDeadLetters();
    assertThat(reinject(stream, entry)).isEqualTo(DeadLetterQueue.Reinjection.MISSING);
    DeadLetterEntry restored = stream.deadLetters().restore(entry);
    assertThat(stream.deadLetters().restore(entry).position()).isEqualTo(restored.position());
    assertThat(reinject(stream, restored)).isEqualTo(DeadLetterQueue.Reinjection.DONE);
    assertThat(text(takeDue(stream), "event_id")).isEqualTo("1");
  }

  @Test
  void whatWasDiscardedIsNotRestored() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    settle(stream, bury(readOne(stream)));
    DeadLetterEntry entry = open(stream);
    DeadLetterQueue dead = stream.deadLetters();
    dead.discard(List.of(entry.entryId()));
    dead.restore(entry);
    assertThat(dead.states(List.of(entry.entryId())))
        .containsExactly(DeadLetterQueue.State.DISCARDED);
    assertThat(reinject(stream, entry)).isEqualTo(DeadLetterQueue.Reinjection.MISSING);
    assertThat(stream.depth().deadLetters()).isZero();
  }

  @Test
  void whatTheQueueHadLostWhenItWasDiscardedIsNotRestored() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    settle(stream, bury(readOne(stream)));
    DeadLetterEntry entry = open(stream);
    loseDeadLetters();
    stream.deadLetters().discard(List.of(entry.entryId()));
    stream.deadLetters().restore(entry);
    assertThat(stream.depth().deadLetters()).isZero();
  }

  @Test
  void deadLettersAreReadInPagesFromBothEnds() throws Exception {
    EventStream stream = stream("one");
    for (int i = 0; i < 3; i++) {
      publish("event-" + i);
      settle(stream, bury(readOne(stream)));
    }
    DeadLetterQueue dead = stream.deadLetters();
    List<DeadLetterEntry> first = dead.after(null, 2);
    assertThat(first).extracting(DeadLetterEntry::eventId).containsExactly("event-0", "event-1");
    assertThat(dead.after(first.get(1).position(), 2))
        .extracting(DeadLetterEntry::eventId)
        .containsExactly("event-2");
    assertThat(dead.before(null, 2))
        .extracting(DeadLetterEntry::eventId)
        .containsExactly("event-2", "event-1");
    assertThat(dead.before(first.get(0).position(), 2)).isEmpty();
  }

  @Test
  void oneOwnerHasARole() throws Exception {
    DeadLetterQueue one = stream("one").deadLetters();
    assertThat(one.lease("dlq", "a", Duration.ofMinutes(1))).isTrue();
    assertThat(one.lease("dlq", "a", Duration.ofMinutes(1))).isTrue();
    assertThat(one.lease("dlq", "b", Duration.ofMinutes(1))).isFalse();
    one.giveUp("dlq", "b");
    assertThat(one.lease("dlq", "b", Duration.ofMinutes(1))).isFalse();
    one.giveUp("dlq", "a");
    assertThat(one.lease("dlq", "b", Duration.ofMinutes(1))).isTrue();
  }

  @Test
  void aDuplicateAfterADeadLetterIsFresh() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    Delivery dead = readOne(stream);
    admit(stream, dead);
    settle(stream, bury(dead));
    publish("1");
    assertThat(admit(stream, readOne(stream))).isEqualTo(Admission.FRESH);
  }

  @Test
  void aDeadLetterLeavesTheMarkOfAnotherEntry() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    publish("1");
    List<Delivery> both = read(stream);
    admit(stream, both.get(0));
    settle(stream, bury(both.get(1)));
    assertThat(admit(stream, both.get(0))).isInstanceOf(Admission.Own.class);
  }

  // ---------------------------------------------------------------- leases

  @Test
  void anEntryWhoseConsumerFellSilentIsRecoveredAndCounted() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    String id = publish("1");
    readOne(one);
    assertThat(other.recover(100).deliveries()).isEmpty();
    timePasses(VISIBILITY.plusSeconds(1));
    List<Delivery> recovered = other.recover(100).deliveries();
    assertThat(recovered).extracting(Delivery::entryId).containsExactly(id);
    assertThat(recovered.get(0).unsettledDeliveries()).isEqualTo(1);
  }

  @Test
  void aRenewedEntryIsNotRecovered() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    publish("1");
    Delivery delivery = readOne(one);
    timePasses(VISIBILITY.minusSeconds(10));
    assertThat(one.renew(List.of(delivery.lease()))).isEmpty();
    timePasses(Duration.ofSeconds(20));
    assertThat(other.recover(100).deliveries()).isEmpty();
  }

  @Test
  void aLostLeaseIsReportedAndNotTakenBack() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    publish("1");
    Delivery outlived = readOne(one);
    timePasses(VISIBILITY.plusSeconds(1));
    Delivery current = other.recover(100).deliveries().get(0);
    assertThat(one.renew(List.of(outlived.lease()))).containsExactly(outlived.lease());
    assertThat(other.renew(List.of(current.lease()))).isEmpty();
  }

  @Test
  void whatALostLeaseWantsToWriteIsRefused() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    publish("1");
    Delivery outlived = readOne(one);
    timePasses(VISIBILITY.plusSeconds(1));
    Delivery current = other.recover(100).deliveries().get(0);
    assertThat(settle(one, reschedule(outlived))).isEqualTo(Settlement.Result.LOST);
    assertThat(settle(one, bury(outlived))).isEqualTo(Settlement.Result.LOST);
    assertThat(one.depth().deadLetters()).isZero();
    assertThat(settle(other, reschedule(current))).isEqualTo(Settlement.Result.DONE);
  }

  @Test
  void ofALargeBatchOnlyTheLostLeaseIsRefused() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    for (int i = 0; i < 350; i++) {
      publish("event-" + i);
    }
    List<Delivery> all = one.read(350, Duration.ZERO);
    Delivery stolen = all.get(200);
    timePasses(VISIBILITY.plusSeconds(1));
    one.renew(
        all.stream().map(Delivery::lease).filter(lease -> !lease.equals(stolen.lease())).toList());
    assertThat(other.recover(100).deliveries())
        .extracting(Delivery::entryId)
        .containsExactly(stolen.entryId());
    List<Settlement> batch = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      batch.add(i % 3 == 0 ? bury(all.get(i)) : reschedule(all.get(i)));
    }
    List<Settlement.Result> results = one.settle(batch);
    assertThat(results.get(200)).isEqualTo(Settlement.Result.LOST);
    assertThat(results).filteredOn(Settlement.Result.LOST::equals).hasSize(1);
    assertThat(one.depth().deadLetters()).isEqualTo(117);
    timePasses(DELAY.plusSeconds(1));
    List<Delivery> due = one.takeDueRetries(400).deliveries();
    assertThat(due).hasSize(232);
    assertThat(one.settle(due.stream().map(EventStreamConformance::acknowledge).toList()))
        .containsOnly(Settlement.Result.DONE);
    assertThat(one.depth().total()).isEqualTo(1);
  }

  @Test
  void whatALostLeaseOfARetryWantsToWriteIsRefused() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    publish("1");
    settle(one, reschedule(readOne(one)));
    timePasses(DELAY.plusSeconds(1));
    Delivery outlived = takeDue(one);
    timePasses(VISIBILITY.plusSeconds(1));
    Delivery current = takeDue(other);
    assertThat(one.renew(List.of(outlived.lease()))).containsExactly(outlived.lease());
    assertThat(settle(one, reschedule(outlived))).isEqualTo(Settlement.Result.LOST);
    assertThat(settle(one, bury(outlived))).isEqualTo(Settlement.Result.LOST);
    assertThat(settle(other, bury(current))).isEqualTo(Settlement.Result.DONE);
    assertThat(one.depth().deadLetters()).isEqualTo(1);
  }

  @Test
  void theFencingTokenGrowsWithEveryDelivery() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    publish("1");
    Delivery first = readOne(one);
    timePasses(VISIBILITY.plusSeconds(1));
    Delivery second = other.recover(100).deliveries().get(0);
    settle(other, reschedule(second));
    timePasses(DELAY.plusSeconds(1));
    Delivery third = takeDue(one);
    timePasses(VISIBILITY.plusSeconds(1));
    Delivery fourth = takeDue(other);
    settle(other, reschedule(fourth));
    timePasses(DELAY.plusSeconds(1));
    Delivery fifth = takeDue(one);
    assertThat(List.of(first, second, third, fourth, fifth))
        .extracting(Delivery::fencingToken)
        .isSorted()
        .doesNotHaveDuplicates();
  }

  // ---------------------------------------------------------------- release

  @Test
  void aReleasedEntryIsClaimableAtOnceAndNotCounted() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    publish("1");
    one.release(List.of(readOne(one).lease()));
    List<Delivery> recovered = other.recover(100).deliveries();
    assertThat(recovered).hasSize(1);
    assertThat(recovered.get(0).unsettledDeliveries()).isZero();
  }

  @Test
  void aReleasedRetryIsDueAtOnceAndNotCounted() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    publish("1");
    settle(one, reschedule(readOne(one)));
    timePasses(DELAY.plusSeconds(1));
    one.release(List.of(takeDue(one).lease()));
    assertThat(takeDue(other).unsettledDeliveries()).isZero();
  }

  @Test
  void whatIsAnotherConsumersNowIsNotReleased() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    publish("1");
    Delivery outlived = readOne(one);
    timePasses(VISIBILITY.plusSeconds(1));
    Delivery current = other.recover(100).deliveries().get(0);
    one.release(List.of(outlived.lease()));
    assertThat(other.renew(List.of(current.lease()))).isEmpty();
    assertThat(one.recover(100).deliveries()).isEmpty();
  }

  // ---------------------------------------------------------------- crashes

  @Test
  void aRestartedConsumerTakesItsOwnPendingEntriesBackAtOnceAndCounted() throws Exception {
    String id = publish("1");
    readOne(stream("one"));
    // No process is restarted within the millisecond.
    timePasses(Duration.ofMillis(10));
    List<Delivery> own = stream("one").readOwnPending(Set.of(), true).deliveries();
    assertThat(own).extracting(Delivery::entryId).containsExactly(id);
    assertThat(own.get(0).unsettledDeliveries()).isEqualTo(1);
  }

  @Test
  void whatALostReplyHadBroughtIsFoundAgainAndNotCounted() throws Exception {
    EventStream stream = stream("one");
    String held = publish("1");
    String unknown = publish("2");
    read(stream);
    List<Delivery> found = stream.readOwnPending(Set.of(held), false).deliveries();
    assertThat(found).extracting(Delivery::entryId).containsExactly(unknown);
    assertThat(found.get(0).unsettledDeliveries()).isZero();
  }

  @Test
  void anEntryThatWasInFlightAtTwoCrashesIsLeftToBeTakenAlone() throws Exception {
    publish("1");
    readOne(stream("one"));
    crashTwiceMore();
    EventStream stream = stream("two");
    Recovered recovered = stream.recover(100);
    assertThat(recovered.deliveries()).isEmpty();
    assertThat(recovered.suspects()).isEqualTo(1);
    List<Delivery> alone = stream.recoverSuspect();
    assertThat(alone).hasSize(1);
    assertThat(alone.get(0).unsettledDeliveries()).isEqualTo(2);
  }

  private void crashTwiceMore() throws StreamUnavailableException {
    timePasses(VISIBILITY.plusSeconds(1));
    assertThat(stream("one").recover(100).deliveries()).hasSize(1);
    timePasses(VISIBILITY.plusSeconds(1));
  }

  @Test
  void aRestartedConsumerLeavesASuspectToo() throws Exception {
    publish("1");
    readOne(stream("one"));
    crashTwiceMore();
    assertThat(stream("one").readOwnPending(Set.of(), true).deliveries()).isEmpty();
    assertThat(stream("two").recoverSuspect()).hasSize(1);
  }

  @Test
  void aPoisonedEntryComesWithTheOthersToBeBuried() throws Exception {
    publish("1");
    readOne(stream("one"));
    crashTwiceMore();
    EventStream stream = stream("two");
    for (int unsettled = 2; unsettled < MAX_DELIVERIES; unsettled++) {
      assertThat(stream.recoverSuspect()).hasSize(1);
      timePasses(VISIBILITY.plusSeconds(1));
    }
    assertThat(stream.recoverSuspect()).isEmpty();
    List<Delivery> poison = stream.recover(100).deliveries();
    assertThat(poison).hasSize(1);
    assertThat(poison.get(0).unsettledDeliveries()).isEqualTo(MAX_DELIVERIES);
  }

  @Test
  void aRetryThatWasLeasedAtTwoCrashesIsASuspectToo() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    settle(stream, reschedule(readOne(stream)));
    timePasses(DELAY.plusSeconds(1));
    takeDue(stream);
    timePasses(VISIBILITY.plusSeconds(1));
    takeDue(stream);
    timePasses(VISIBILITY.plusSeconds(1));
    DueRetries due = stream.takeDueRetries(100);
    assertThat(due.deliveries()).isEmpty();
    assertThat(due.suspects()).isEqualTo(1);
    assertThat(stream.recoverSuspect()).hasSize(1);
  }

  // ---------------------------------------------------------------- depth

  @Test
  void theDepthCountsWhatWaitsEachKindApart() throws Exception {
    EventStream stream = stream("one");
    for (int i = 0; i < 6; i++) {
      publish("event-" + i);
    }
    List<Delivery> taken = stream.read(4, Duration.ZERO);
    settle(stream, acknowledge(taken.get(0)));
    settle(stream, reschedule(taken.get(1)));
    settle(stream, bury(taken.get(2)));
    StreamDepth depth = stream.depth();
    assertThat(depth.lag()).isEqualTo(2);
    assertThat(depth.lagEstimated()).isFalse();
    assertThat(depth.pending()).isEqualTo(1);
    assertThat(depth.retriesDue()).isZero();
    assertThat(depth.retriesWaiting()).isEqualTo(1);
    assertThat(depth.deadLetters()).isEqualTo(1);
    assertThat(depth.total()).isEqualTo(3);
    timePasses(DELAY.plusSeconds(1));
    assertThat(stream.depth().retriesDue()).isEqualTo(1);
    assertThat(stream.depth().retriesWaiting()).isZero();
    assertThat(stream.depth().total()).isEqualTo(4);
  }

  // ---------------------------------------------------------------- turns at resources

  private static ResourceTurns.Turn turn(String entryId, int version) {
    return turn(entryId, version, 1);
  }

  private static ResourceTurns.Turn turn(String entryId, int version, long token) {
    return new ResourceTurns.Turn(
        new ResourceVersion("aa11", String.format("%040d", version), Duration.ofDays(1)),
        entryId,
        token);
  }

  private static final Duration LEASE = Duration.ofMinutes(1);

  @Test
  void anOlderVersionIsStaleOnceANewerOneIsDone() throws Exception {
    ResourceTurns turns = stream("a").turns();
    ResourceTurns others = stream("b").turns();
    assertThat(turns.take(turn("2-0", 20), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
    assertThat(others.take(turn("1-0", 10), LEASE)).isEqualTo(ResourceTurns.Answer.BUSY);
    assertThat(others.take(turn("3-0", 30), LEASE)).isEqualTo(ResourceTurns.Answer.BUSY);
    turns.done(turn("2-0", 20));
    assertThat(others.take(turn("1-0", 10), LEASE)).isEqualTo(ResourceTurns.Answer.STALE);
    assertThat(others.take(turn("3-0", 30), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
  }

  @Test
  void noEventIsStaleByItsOwnMarkOrByAnEqualOne() throws Exception {
    ResourceTurns turns = stream("a").turns();
    assertThat(turns.take(turn("1-0", 10), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
    turns.done(turn("1-0", 10));
    assertThat(turns.take(turn("1-0", 10, 2), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
    turns.done(turn("1-0", 10, 2));
    assertThat(turns.take(turn("2-0", 10), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
  }

  @Test
  void whileANewerEventIsToRunAgainOlderOnesWaitAndNewerOnesDoNot() throws Exception {
    ResourceTurns turns = stream("a").turns();
    assertThat(turns.take(turn("2-0", 20), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
    turns.putOff(turn("2-0", 20), LEASE);
    assertThat(turns.take(turn("1-0", 10), LEASE)).isEqualTo(ResourceTurns.Answer.BUSY);
    assertThat(turns.take(turn("3-0", 30), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
    turns.giveUp(turn("3-0", 30));
    assertThat(turns.take(turn("1-0", 10), LEASE)).isEqualTo(ResourceTurns.Answer.BUSY);
    assertThat(turns.take(turn("2-0", 20, 2), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
    turns.giveUp(turn("2-0", 20, 2));
    assertThat(turns.take(turn("1-0", 10), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
  }

  @Test
  void aTurnEndsByItselfAndItsRunCannotEndTheNextOne() throws Exception {
    ResourceTurns turns = stream("a").turns();
    assertThat(turns.take(turn("1-0", 10), Duration.ZERO)).isEqualTo(ResourceTurns.Answer.TAKEN);
    assertThat(turns.take(turn("2-0", 20), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
    turns.giveUp(turn("1-0", 10));
    assertThat(turns.take(turn("3-0", 30), LEASE)).isEqualTo(ResourceTurns.Answer.BUSY);
    assertThat(turns.take(turn("2-0", 20, 2), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
    turns.done(turn("2-0", 20, 1));
    assertThat(turns.take(turn("3-0", 30), LEASE)).isEqualTo(ResourceTurns.Answer.BUSY);
  }

  @Test
  void aCallThatComesLateTakesNoTurn() throws Exception {
    ResourceTurns turns = stream("a").turns();
    assertThat(turns.take(turn("1-0", 10, 2), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
    assertThat(turns.take(turn("1-0", 10, 1), LEASE)).isEqualTo(ResourceTurns.Answer.BUSY);
    turns.done(turn("1-0", 10, 2));
    // Neither that of the run before, nor a repetition of its own.
    assertThat(turns.take(turn("1-0", 10, 1), LEASE)).isEqualTo(ResourceTurns.Answer.BUSY);
    assertThat(turns.take(turn("1-0", 10, 2), LEASE)).isEqualTo(ResourceTurns.Answer.BUSY);
    assertThat(turns.take(turn("2-0", 20), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
  }

  @Test
  void callsOfSeveralEntriesThatComeLateTakeNoTurn() throws Exception {
    ResourceTurns turns = stream("a").turns();
    assertThat(turns.take(turn("1-0", 10, 1), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
    // The worker of both is away, and another one does their work.
    assertThat(turns.take(turn("1-0", 10, 2), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
    turns.done(turn("1-0", 10, 2));
    assertThat(turns.take(turn("2-0", 20, 2), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
    turns.done(turn("2-0", 20, 2));
    turns.done(turn("1-0", 10, 1));
    assertThat(turns.take(turn("2-0", 20, 1), LEASE)).isEqualTo(ResourceTurns.Answer.BUSY);
    assertThat(turns.take(turn("3-0", 30), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
    turns.giveUp(turn("3-0", 30));
    assertThat(turns.take(turn("2-0", 20, 1), LEASE)).isEqualTo(ResourceTurns.Answer.BUSY);
    assertThat(turns.take(turn("4-0", 40), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
  }

  @Test
  void theEndOfAnEarlierRunLeavesTheLaterOnesWaitAlone() throws Exception {
    ResourceTurns turns = stream("a").turns();
    assertThat(turns.take(turn("2-0", 20, 1), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
    assertThat(turns.take(turn("2-0", 20, 2), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
    turns.putOff(turn("2-0", 20, 2), LEASE);
    turns.giveUp(turn("2-0", 20, 1));
    assertThat(turns.take(turn("1-0", 10), LEASE)).isEqualTo(ResourceTurns.Answer.BUSY);
    assertThat(turns.take(turn("2-0", 20, 3), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
    turns.giveUp(turn("2-0", 20, 3));
    turns.putOff(turn("2-0", 20, 2), LEASE);
    assertThat(turns.take(turn("1-0", 10), LEASE)).isEqualTo(ResourceTurns.Answer.TAKEN);
  }

  // ---------------------------------------------------------------- destinations

  @Test
  void aDestinationIsDisabledForAllWorkersUntilItIsCleared() throws Exception {
    DestinationFailures one = stream("a").destinationFailures();
    DestinationFailures other = stream("b").destinationFailures();
    DestinationFailures.Name name = new DestinationFailures.Name("t", "crm");
    assertThat(one.of(name)).isEqualTo(DestinationFailures.Standing.GOOD);
    assertThat(one.failed(name, DELAY)).isLessThan(Duration.ofSeconds(1));
    assertThat(other.of(name).failing()).isTrue();
    assertThat(other.of(name).disabledAt()).isEmpty();
    assertThat(one.disable(name)).isTrue();
    assertThat(other.disable(name)).isFalse();
    assertThat(other.of(name).disabledAt()).isPresent();
    assertThat(other.of(new DestinationFailures.Name("t", "archive")).failing()).isFalse();
    assertThat(other.clear(name)).isTrue();
    assertThat(one.clear(name)).isFalse();
    assertThat(one.of(name)).isEqualTo(DestinationFailures.Standing.GOOD);
  }

  // ---------------------------------------------------------------- lines at ordered destinations

  private static DestinationLines.Place place(Delivery delivery) {
    return new DestinationLines.Place(new DestinationFailures.Name("t", "crm"), delivery.entryId());
  }

  /** A dozen, so that numbers of two digits come after those of one. */
  private List<Delivery> readDozen(EventStream stream) throws StreamUnavailableException {
    for (int i = 0; i < 12; i++) {
      publish("e" + i);
    }
    List<Delivery> dozen = read(stream);
    assertThat(dozen).hasSize(12);
    return dozen;
  }

  @Test
  void placesInALineAreInTheOrderOfTheStreamWhoeverComesFirst() throws Exception {
    EventStream stream = stream("a");
    List<Delivery> dozen = readDozen(stream);
    DestinationLines lines = stream.destinationLines();
    DestinationLines others = stream("b").destinationLines();
    for (int i = 11; i >= 0; i--) {
      assertThat(others.join(place(dozen.get(i))).ahead()).isZero();
    }
    for (int i = 0; i < 12; i++) {
      assertThat(lines.join(place(dozen.get(i))).ahead()).isEqualTo(i);
    }
    DestinationLines.Place elsewhere =
        new DestinationLines.Place(
            new DestinationFailures.Name("t", "archive"), dozen.get(11).entryId());
    assertThat(lines.join(elsewhere).ahead()).isZero();
  }

  @Test
  void entriesInHandThatAreNotInLineAreNamedUntilTheyEndOrLeave() throws Exception {
    EventStream stream = stream("a");
    List<Delivery> dozen = readDozen(stream);
    DestinationLines lines = stream.destinationLines();
    List<String> ids = dozen.stream().map(Delivery::entryId).toList();
    assertThat(lines.join(place(dozen.get(11))).notInLine()).isEqualTo(ids.subList(0, 11));
    lines.leave(place(dozen.get(0)), 8);
    lines.leave(place(dozen.get(10)), 8);
    settle(stream, acknowledge(dozen.get(1)));
    settle(stream, bury(dozen.get(2)));
    DestinationLines.Standing standing = lines.join(place(dozen.get(11)));
    assertThat(standing.notInLine()).isEqualTo(ids.subList(3, 10));
    assertThat(standing.more()).isFalse();
    Map<String, EntryFields> read = lines.entries(ids.subList(3, 5));
    assertThat(read.keySet()).containsExactlyElementsOf(ids.subList(3, 5));
    assertThat(read.get(ids.get(3)).text("event_id")).isEqualTo("e3");
  }

  @Test
  void manyThatHaveLeftHideNoneThatHasNot() throws Exception {
    EventStream stream = stream("a");
    int many = DestinationLines.MOST_NAMED + 50;
    for (int i = 0; i < many; i++) {
      publish("e" + i);
    }
    List<Delivery> all = new ArrayList<>();
    while (all.size() < many) {
      all.addAll(read(stream));
    }
    DestinationLines lines = stream.destinationLines();
    for (Delivery delivery : all.subList(0, DestinationLines.MOST_NAMED + 1)) {
      lines.leave(place(delivery), 8);
    }
    DestinationLines.Standing last = lines.join(place(all.get(many - 1)));
    assertThat(last.more() || !last.notInLine().isEmpty()).isTrue();
  }

  @Test
  void aPlaceIsKeptWhileItsEventWillRunAgainAndLostWhenItHasEnded() throws Exception {
    EventStream stream = stream("a");
    publish("e0");
    publish("e1");
    publish("e2");
    List<Delivery> three = read(stream);
    DestinationLines lines = stream.destinationLines();
    for (Delivery delivery : three) {
      admit(stream, delivery);
      lines.join(place(delivery));
    }
    settle(stream, reschedule(three.get(0)));
    settle(stream, acknowledge(three.get(1)));
    DestinationLines.Standing behind = lines.join(place(three.get(2)));
    assertThat(behind.untilFirst()).isBetween(DELAY.dividedBy(2), DELAY);
    timePasses(DELAY);
    Delivery again = takeDue(stream);
    assertThat(lines.join(place(three.get(2))).untilFirst()).isZero();
    settle(stream, bury(again));
    assertThat(lines.join(place(three.get(2))).ahead()).isZero();
    assertThat(lines.join(place(three.get(2))).notInLine()).isEmpty();
  }

  @Test
  void whoSleepsIsDueOnceItIsNearTheFrontAndWhoWaitsForItsRetryIsNot() throws Exception {
    EventStream stream = stream("a");
    List<Delivery> dozen = readDozen(stream);
    DestinationLines lines = stream.destinationLines();
    lines.join(place(dozen.get(0)));
    lines.join(place(dozen.get(1)));
    settle(stream, reschedule(dozen.get(1)));
    for (Delivery delivery : dozen.subList(2, 12)) {
      lines.sleep(place(delivery));
      settle(stream, reschedule(delivery));
    }
    assertThat(stream.takeDueRetries(100).deliveries()).isEmpty();
    lines.leave(place(dozen.get(0)), 3);
    List<Delivery> woken = stream.takeDueRetries(100).deliveries();
    assertThat(woken)
        .extracting(Delivery::entryId)
        .containsExactlyInAnyOrder(dozen.get(2).entryId(), dozen.get(3).entryId());
    lines.leave(place(dozen.get(2)), 3);
    assertThat(takeDue(stream).entryId()).isEqualTo(dozen.get(4).entryId());
  }

  // ---------------------------------------------------------------- who has it

  /** An event whose first run was outlived by its lease; another consumer has it now. */
  private record TakenOver(
      EventStream one, Delivery outlived, EventStream other, Delivery current) {}

  private TakenOver takenOver() throws StreamUnavailableException {
    EventStream one = stream("one");
    EventStream other = stream("other");
    publish("1");
    Delivery outlived = readOne(one);
    timePasses(VISIBILITY.plusSeconds(1));
    return new TakenOver(one, outlived, other, other.recover(100).deliveries().get(0));
  }

  private static void assertIsVoid(EventStream stream, Delivery delivery)
      throws StreamUnavailableException {
    assertThat(stream.renew(List.of(delivery.lease()))).containsExactly(delivery.lease());
    assertThat(settle(stream, acknowledge(delivery))).isEqualTo(Settlement.Result.LOST);
    assertThat(settle(stream, reschedule(delivery))).isEqualTo(Settlement.Result.LOST);
    assertThat(settle(stream, bury(delivery))).isEqualTo(Settlement.Result.LOST);
  }

  @Test
  void aRunWhoseEventAnotherHasSettlesNothing() throws Exception {
    TakenOver event = takenOver();
    assertIsVoid(event.one(), event.outlived());
    assertThat(event.other().depth().pending()).isEqualTo(1);
  }

  @Test
  void aRunWhoseEventAnotherHasRescheduledSettlesNothing() throws Exception {
    TakenOver event = takenOver();
    settle(event.other(), reschedule(event.current()));
    assertIsVoid(event.one(), event.outlived());
    assertThat(event.one().depth().retriesWaiting()).isEqualTo(1);
    assertThat(event.one().depth().deadLetters()).isZero();
  }

  @Test
  void aRunWhoseEventAnotherHasMadeADeadLetterSettlesNothing() throws Exception {
    TakenOver event = takenOver();
    settle(event.other(), bury(event.current()));
    assertIsVoid(event.one(), event.outlived());
    assertThat(event.one().depth().deadLetters()).isEqualTo(1);
    assertThat(event.one().depth().retriesWaiting()).isZero();
  }

  @Test
  void aRunWhoseEventAnotherHasEndedSettlesNothing() throws Exception {
    TakenOver event = takenOver();
    settle(event.other(), acknowledge(event.current()));
    assertIsVoid(event.one(), event.outlived());
    assertThat(event.one().depth().deadLetters()).isZero();
    assertThat(event.one().depth().retriesWaiting()).isZero();
  }

  @Test
  void aRetryWhoseEventAnotherHasEndedSettlesNothing() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    publish("1");
    settle(one, reschedule(readOne(one)));
    timePasses(DELAY.plusSeconds(1));
    Delivery outlived = takeDue(one);
    timePasses(VISIBILITY.plusSeconds(1));
    settle(other, acknowledge(takeDue(other)));
    assertIsVoid(one, outlived);
    assertThat(one.depth().retriesWaiting()).isZero();
  }

  @Test
  void whatIsStoredEndsAlthoughAnotherHasIt() throws Exception {
    TakenOver event = takenOver();
    assertThat(settle(event.one(), stored(event.outlived()))).isEqualTo(Settlement.Result.DONE);
    assertThat(event.one().depth().total()).isZero();
    assertIsVoid(event.other(), event.current());
    assertThat(event.one().depth().deadLetters()).isZero();
    assertThat(event.one().depth().retriesWaiting()).isZero();
  }

  @Test
  void whatIsStoredEndsAlthoughAnotherHasRescheduledIt() throws Exception {
    TakenOver event = takenOver();
    settle(event.other(), reschedule(event.current()));
    settle(event.one(), stored(event.outlived()));
    timePasses(DELAY.plusSeconds(1));
    assertThat(event.other().takeDueRetries(100).deliveries()).isEmpty();
  }

  @Test
  void whatIsStoredEndsAlthoughAnotherRetriesIt() throws Exception {
    TakenOver event = takenOver();
    settle(event.other(), reschedule(event.current()));
    timePasses(DELAY.plusSeconds(1));
    Delivery retry = takeDue(event.other());
    settle(event.one(), stored(event.outlived()));
    assertIsVoid(event.other(), retry);
    assertThat(event.one().depth().deadLetters()).isZero();
  }

  @Test
  void whatIsStoredIsNoDeadLetter() throws Exception {
    TakenOver event = takenOver();
    settle(event.other(), bury(event.current()));
    settle(event.one(), stored(event.outlived()));
    assertThat(event.one().depth().deadLetters()).isZero();
  }

  @Test
  void whatIsStoredAfterAnotherHasMadeItADeadLetterHasItsMarkAgain() throws Exception {
    TakenOver event = takenOver();
    admit(event.one(), event.outlived());
    settle(event.other(), bury(event.current()));
    settle(event.one(), stored(event.outlived()));
    publish("1");
    assertThat(admit(event.other(), readOne(event.other())))
        .isEqualTo(
            new Admission.Other(
                claim(event.outlived()).owner(), event.outlived().entryId(), false, true));
  }

  @Test
  void whatIsStoredLateLeavesTheMarkOfAnotherEntry() throws Exception {
    TakenOver event = takenOver();
    admit(event.one(), event.outlived());
    settle(event.other(), bury(event.current()));
    publish("1");
    Delivery sentAgain = readOne(event.other());
    admit(event.other(), sentAgain);
    settle(event.one(), stored(event.outlived()));
    assertThat(admit(event.other(), sentAgain)).isEqualTo(new Admission.Own(false));
  }

  @Test
  void aSettlementWhoseAnswerWasLostIsDoneWhenItIsRepeated() throws Exception {
    EventStream stream = stream("one");
    for (String id : List.of("1", "2", "3")) {
      publish(id);
    }
    List<Delivery> all = read(stream);
    List<Settlement> settlements =
        List.of(acknowledge(all.get(0)), reschedule(all.get(1)), bury(all.get(2)));
    stream.settle(settlements);
    assertThat(stream.settle(settlements)).containsOnly(Settlement.Result.DONE);
    assertThat(stream.depth().retriesWaiting()).isEqualTo(1);
    assertThat(stream.depth().deadLetters()).isEqualTo(1);
  }

  // ---------------------------------------------------------------- unclean ends

  @Test
  void uncleanEndsCountOnWhenTheEventIsPutOff() throws Exception {
    TakenOver event = takenOver();
    settle(event.other(), putOff(event.current()));
    timePasses(DELAY.plusSeconds(1));
    Delivery retry = takeDue(event.other());
    assertThat(retry.unsettledDeliveries()).isEqualTo(1);
    settle(event.other(), putOff(retry));
    timePasses(DELAY.plusSeconds(1));
    takeDue(event.other());
    timePasses(VISIBILITY.plusSeconds(1));
    // Twice in a worker's hands at an unclean end: from now on it runs alone.
    DueRetries due = event.one().takeDueRetries(100);
    assertThat(due.deliveries()).isEmpty();
    assertThat(due.suspects()).isEqualTo(1);
    Delivery suspect = event.one().recoverSuspect().get(0);
    assertThat(suspect.unsettledDeliveries()).isEqualTo(2);
  }

  @Test
  void anEventThatIsAlwaysPutOffBeforeItEndsItsWorkerIsPoisonInTheEnd() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    Delivery delivery = readOne(stream);
    for (int crashes = 1; crashes < MAX_DELIVERIES; crashes++) {
      settle(stream, putOff(delivery));
      timePasses(DELAY.plusSeconds(1));
      nextRetry(stream);
      timePasses(VISIBILITY.plusSeconds(1));
      delivery = nextRetry(stream);
      assertThat(delivery.unsettledDeliveries()).isEqualTo(crashes);
    }
  }

  private static Delivery nextRetry(EventStream stream) throws StreamUnavailableException {
    List<Delivery> due = stream.takeDueRetries(100).deliveries();
    return due.isEmpty() ? stream.recoverSuspect().get(0) : due.get(0);
  }

  @Test
  void uncleanEndsAreForgottenWhenARunCameToItsOwnEnd() throws Exception {
    TakenOver event = takenOver();
    settle(event.other(), reschedule(event.current()));
    timePasses(DELAY.plusSeconds(1));
    assertThat(takeDue(event.other()).unsettledDeliveries()).isZero();
  }

  @Test
  void aDoubtAboutTheStoreLastsUntilARunCameToItsOwnEnd() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    Delivery delivery = readOne(stream);
    assertThat(delivery.mayBeStored()).isFalse();
    settle(
        stream,
        new Settlement.Reschedule(
            delivery.lease(),
            delivery.fields(),
            delivery.state(),
            DELAY,
            0,
            true,
            claim(delivery)));
    timePasses(DELAY.plusSeconds(1));
    Delivery doubted = takeDue(stream);
    assertThat(doubted.mayBeStored()).isTrue();
    settle(stream, reschedule(doubted));
    timePasses(DELAY.plusSeconds(1));
    assertThat(takeDue(stream).mayBeStored()).isFalse();
  }

  // ---------------------------------------------------------------- parked events

  private static final Duration LONG = Duration.ofMinutes(30);

  private static Settlement park(Delivery delivery, String place) {
    return new Settlement.Reschedule(
        delivery.lease(),
        delivery.fields(),
        delivery.state(),
        LONG,
        delivery.unsettledDeliveries(),
        delivery.mayBeStored(),
        claim(delivery),
        place);
  }

  private static int wake(EventStream stream, String place, int most)
      throws StreamUnavailableException {
    return stream.wakeParked(List.of(Waking.now(place, most))).get(0);
  }

  @Test
  void parkedEventsAreWokenOldestFirstHoweverOftenTheyWereParked() throws Exception {
    EventStream stream = stream("one");
    List<String> ids = List.of(publish("1"), publish("2"), publish("3"));
    for (Delivery delivery : read(stream)) {
      settle(stream, park(delivery, "a tool"));
    }
    assertThat(stream.parkedPlaces()).containsExactly("a tool");
    assertThat(stream.takeDueRetries(100).deliveries()).isEmpty();
    assertThat(wake(stream, "a tool", 1)).isEqualTo(1);
    Delivery first = takeDue(stream);
    assertThat(first.entryId()).isEqualTo(ids.get(0));
    settle(stream, park(first, "a tool"));
    assertThat(wake(stream, "a tool", 2)).isEqualTo(2);
    assertThat(stream.takeDueRetries(100).deliveries())
        .extracting(Delivery::entryId)
        .containsExactlyInAnyOrder(ids.get(0), ids.get(1));
    assertThat(stream.depth().retriesWaiting()).isEqualTo(3);
  }

  @Test
  void eachPlaceIsWokenByItselfAndNamedAsLongAsEventsAreParkedThere() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    publish("1");
    publish("2");
    List<Delivery> taken = read(one);
    settle(one, park(taken.get(0), "a"));
    settle(one, park(taken.get(1), "b"));
    assertThat(other.wakeParked(List.of(Waking.now("a", 9), Waking.now("nowhere", 9))))
        .containsExactly(1, 0);
    assertThat(takeDue(other).entryId()).isEqualTo(taken.get(0).entryId());
    assertThat(other.parkedPlaces()).containsExactly("b");
    assertThat(wake(other, "b", 9)).isEqualTo(1);
    assertThat(other.parkedPlaces()).isEmpty();
  }

  @Test
  void wokenEventsAreDueOneAfterTheOther() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    publish("2");
    for (Delivery delivery : read(stream)) {
      settle(stream, park(delivery, "a"));
    }
    assertThat(
            stream.wakeParked(
                List.of(new Waking("a", 9, Duration.ofSeconds(20), Duration.ofSeconds(20)))))
        .containsExactly(2);
    assertThat(stream.takeDueRetries(100).deliveries()).isEmpty();
    timePasses(Duration.ofSeconds(21));
    takeDue(stream);
    timePasses(Duration.ofSeconds(20));
    takeDue(stream);
  }

  @Test
  void aParkedEventThatIsNeverWokenComesByItself() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    settle(stream, park(readOne(stream), "a"));
    timePasses(LONG.plusSeconds(1));
    Delivery run = takeDue(stream);
    assertThat(wake(stream, "a", 9)).isZero();
    assertThat(stream.parkedPlaces()).isEmpty();
    assertThat(stream.renew(List.of(run.lease()))).isEmpty();
    assertThat(stream.takeDueRetries(100).deliveries()).isEmpty();
    assertThat(settle(stream, acknowledge(run))).isEqualTo(Settlement.Result.DONE);
  }

  @Test
  void anEventThatCameByItselfAndFailedIsNotWokenBeforeItsDelay() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    settle(stream, park(readOne(stream), "a"));
    timePasses(LONG.plusSeconds(1));
    settle(stream, reschedule(takeDue(stream)));
    assertThat(wake(stream, "a", 9)).isZero();
    assertThat(stream.takeDueRetries(100).deliveries()).isEmpty();
  }

  @Test
  void aParkedEventThatEndsOtherwiseIsNotWoken() throws Exception {
    EventStream one = stream("one");
    TakenOver event = takenOver();
    settle(event.other(), park(event.current(), "a"));
    settle(event.one(), stored(event.outlived()));
    assertThat(wake(one, "a", 9)).isZero();
    assertThat(one.parkedPlaces()).isEmpty();
    assertThat(one.depth().retriesWaiting()).isZero();
  }

  @Test
  void uncleanEndsCountOnWhileAnEventIsParked() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    Delivery lost = readOne(stream);
    timePasses(VISIBILITY.plusSeconds(1));
    Delivery again = stream.recover(100).deliveries().get(0);
    assertThat(again.unsettledDeliveries()).isEqualTo(1);
    settle(stream, park(again, "a"));
    wake(stream, "a", 1);
    assertThat(takeDue(stream).unsettledDeliveries()).isEqualTo(1);
    assertThat(settle(stream, reschedule(lost))).isEqualTo(Settlement.Result.LOST);
  }

  @Test
  void parkingWhoseAnswerWasLostIsDoneWhenItIsRepeated() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    Settlement parking = park(readOne(stream), "a");
    settle(stream, parking);
    assertThat(settle(stream, parking)).isEqualTo(Settlement.Result.DONE);
    assertThat(wake(stream, "a", 9)).isEqualTo(1);
    assertThat(settle(stream, parking)).isEqualTo(Settlement.Result.DONE);
    takeDue(stream);
  }

  @Test
  void aDuplicateOfAParkedEventLearnsThatItIsInProgress() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    Delivery first = readOne(stream);
    admit(stream, first);
    settle(stream, park(first, "a"));
    publish("1");
    assertThat(admit(stream, readOne(stream)))
        .isEqualTo(new Admission.Other(claim(first).owner(), first.entryId(), true, true));
  }
}
