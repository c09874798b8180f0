package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.Admission;
import dev.webhookworker.port.Attempt;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.Settlement;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.XTrimParams;

/** Who has an entry when the server has lost it, or the group was made again (holder.lua). */
class WhoHoldsAnEntryIT {

  private static final Duration VISIBILITY = Duration.ofMinutes(1);

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

  private static EventStream stream(String consumer) throws StreamUnavailableException {
    return queue.stream(
        WorkerConfig.builder()
            .consumerName(consumer)
            .visibilityTimeout(VISIBILITY)
            .streamRetention(Duration.ofMillis(1))
            .build());
  }

  private static Delivery readOne(EventStream stream) throws StreamUnavailableException {
    List<Delivery> read = stream.read(10, Duration.ZERO);
    assertThat(read).hasSize(1);
    return read.get(0);
  }

  private static Delivery takeDue(EventStream stream) throws StreamUnavailableException {
    queue.timePasses(Duration.ofMinutes(2));
    List<Delivery> due = stream.takeDueRetries(10).deliveries();
    assertThat(due).hasSize(1);
    return due.get(0);
  }

  private static Settlement.Result settle(EventStream stream, Settlement settlement)
      throws StreamUnavailableException {
    return stream.settle(List.of(settlement)).get(0);
  }

  private static Claim claim(Delivery delivery) {
    return new Claim(
        String.valueOf(delivery.fields().text("event_id")), delivery.entryId(), "hash");
  }

  private static Settlement failed(Delivery delivery) {
    Attempt attempt = new Attempt(1, Instant.EPOCH, "java.io.IOException", "down");
    return new Settlement.Reschedule(
        delivery.lease(),
        delivery.fields(),
        delivery.state().failed(attempt),
        Duration.ofSeconds(10),
        0,
        false,
        claim(delivery));
  }

  private static Settlement done(Delivery delivery) {
    return new Settlement.Acknowledge(delivery.lease(), false, null);
  }

  private static void assertIsTheOnlyCopy(EventStream stream, Delivery delivery)
      throws StreamUnavailableException {
    assertThat(stream.renew(List.of(delivery.lease()))).isEmpty();
    assertThat(settle(stream, failed(delivery))).isEqualTo(Settlement.Result.DONE);
    Delivery retry = takeDue(stream);
    assertThat(retry.entryId()).isEqualTo(delivery.entryId());
    assertThat(retry.state().failures()).isEqualTo(1);
    assertThat(retry.mayBeStored()).isTrue();
    assertThat(retry.unsettledDeliveries()).isZero();
    assertThat(retry.fencingToken()).isGreaterThan(delivery.fencingToken());
  }

  // ---------------------------------------------------------------- nobody has it

  @Test
  void theOutcomeOfAConsumerThatSomebodyDeletedIsSettled() throws Exception {
    EventStream stream = stream("one");
    queue.publish("1");
    Delivery delivery = readOne(stream);
    queue.admin.xgroupDelConsumer(TestQueue.STREAM, TestQueue.GROUP, "one");
    assertIsTheOnlyCopy(stream, delivery);
  }

  @Test
  void theLastCopyOfAnEntryThatAProducerTrimmedDuringItsRunIsKept() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    queue.publish("1");
    Delivery delivery = readOne(one);
    queue.timePasses(VISIBILITY.plusSeconds(1));
    queue.admin.xtrim(TestQueue.STREAM, XTrimParams.xTrimParams().maxLen(0));
    assertThat(other.recover(10).vanished()).containsExactly(delivery.entryId());
    assertIsTheOnlyCopy(one, delivery);
  }

  @Test
  void theLastCopyOfAnEntryThatAReplicaNeverGotIsKept() throws Exception {
    EventStream stream = stream("one");
    queue.publish("1");
    Delivery delivery = readOne(stream);
    queue.admin.flushAll();
    stream.open();
    assertIsTheOnlyCopy(stream, delivery);
  }

  @Test
  void theLastCopyOfARetryThatAReplicaNeverGotIsKept() throws Exception {
    EventStream stream = stream("one");
    queue.publish("1");
    settle(stream, failed(readOne(stream)));
    Delivery retry = takeDue(stream);
    queue.admin.del(TestQueue.RETRY, TestQueue.RETRY + "_data");
    assertThat(stream.renew(List.of(retry.lease()))).isEmpty();
    assertThat(settle(stream, failed(retry))).isEqualTo(Settlement.Result.DONE);
    Delivery again = takeDue(stream);
    assertThat(again.state().failures()).isEqualTo(2);
    assertThat(again.mayBeStored()).isTrue();
  }

  @Test
  void anOutcomeIsSettledAlthoughTheGroupIsGone() throws Exception {
    EventStream stream = stream("one");
    queue.publish("1");
    Delivery delivery = readOne(stream);
    stream.admit(List.of(delivery), List.of(claim(delivery)));
    queue.admin.xgroupDestroy(TestQueue.STREAM, TestQueue.GROUP);
    assertThat(settle(stream, failed(delivery))).isEqualTo(Settlement.Result.DONE);
    stream.open();
    Delivery again = readOne(stream);
    assertThat(stream.admit(List.of(again), List.of(claim(again))))
        .containsExactly(new Admission.Own(true));
  }

  @Test
  void whatANewGroupHasNotBroughtYetIsNobodys() throws Exception {
    EventStream stream = stream("one");
    queue.publish("1");
    Delivery delivery = readOne(stream);
    queue.admin.xgroupDestroy(TestQueue.STREAM, TestQueue.GROUP);
    stream.open();
    assertThat(stream.renew(List.of(delivery.lease()))).isEmpty();
    assertThat(settle(stream, failed(delivery))).isEqualTo(Settlement.Result.DONE);
    assertThat(stream.depth().retriesWaiting()).isEqualTo(1);
  }

  // ---------------------------------------------------------------- it has ended

  @Test
  void whatANewGroupBroughtToAnotherThatIsDoneWithItHasEnded() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    queue.publish("1");
    Delivery delivery = readOne(one);
    queue.admin.xgroupDestroy(TestQueue.STREAM, TestQueue.GROUP);
    other.open();
    settle(other, done(readOne(other)));
    assertThat(one.renew(List.of(delivery.lease()))).containsExactly(delivery.lease());
    assertThat(settle(one, failed(delivery))).isEqualTo(Settlement.Result.LOST);
    assertThat(one.depth().retriesWaiting()).isZero();
  }

  @Test
  void whatWasTrimmedBeforeANewGroupBroughtItIsNobodys() throws Exception {
    EventStream one = stream("one");
    queue.publish("1");
    Delivery delivery = readOne(one);
    queue.admin.xgroupDestroy(TestQueue.STREAM, TestQueue.GROUP);
    queue.admin.xdel(TestQueue.STREAM, new StreamEntryID(delivery.entryId()));
    one.open();
    queue.publish("2");
    readOne(one);
    assertIsTheOnlyCopy(one, delivery);
  }

  @Test
  void whatANewGroupBringsAgainMayBeStored() throws Exception {
    EventStream stream = stream("one");
    queue.publish("1");
    assertThat(readOne(stream).mayBeStored()).isFalse();
    queue.admin.xgroupDestroy(TestQueue.STREAM, TestQueue.GROUP);
    stream.open();
    assertThat(readOne(stream).mayBeStored()).isTrue();
    queue.publish("2");
    assertThat(readOne(stream).mayBeStored()).isFalse();
  }

  @Test
  void whatWaitsWhenTheFirstGroupIsMadeIsNotDoubted() throws Exception {
    queue.publish("1");
    assertThat(readOne(stream("one")).mayBeStored()).isFalse();
  }

  // ---------------------------------------------------------------- tokens

  @Test
  void theTokenOfARetryIsLargerThanThatOfARunThatANewGroupBegan() throws Exception {
    EventStream stream = stream("one");
    queue.publish("1");
    Delivery first = readOne(stream);
    queue.admin.xgroupDestroy(TestQueue.STREAM, TestQueue.GROUP);
    stream.open();
    Delivery again = readOne(stream);
    assertThat(again.fencingToken()).isGreaterThan(first.fencingToken());
    // The finished outcome of the first run waited for the store meanwhile.
    assertThat(settle(stream, failed(first))).isEqualTo(Settlement.Result.DONE);
    assertThat(takeDue(stream).fencingToken()).isGreaterThan(again.fencingToken());
  }

  // ---------------------------------------------------------------- evidence stays small

  @Test
  void evidenceOfTakeOversIsForgottenAfterTheTimeOfTheMarks() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    queue.publish("1");
    readOne(one);
    queue.timePasses(VISIBILITY.plusSeconds(1));
    settle(other, done(other.recover(10).deliveries().get(0)));
    assertThat(queue.admin.zcard(TestQueue.STREAM + ":taken")).isEqualTo(1);
    queue.admin.zadd(TestQueue.STREAM + ":taken", 1, "1-1/2");
    queue.maintain(one);
    assertThat(queue.admin.zrange(TestQueue.STREAM + ":taken", 0, -1))
        .hasSize(1)
        .doesNotContain("1-1/2");
  }

  @Test
  void whatWasReleasedIsTakenByAnyoneAndNotCounted() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    queue.publish("1");
    Delivery delivery = readOne(one);
    assertThat(one.release(List.of(delivery.lease()))).isEmpty();
    assertThat(one.readOwnPending(Set.of(), false).deliveries()).isEmpty();
    List<Delivery> taken = other.recover(10).deliveries();
    assertThat(taken).extracting(Delivery::entryId).containsExactly(delivery.entryId());
    assertThat(taken.get(0).unsettledDeliveries()).isZero();
    assertThat(one.renew(List.of(delivery.lease()))).containsExactly(delivery.lease());
  }

  @Test
  void whatTheServerHasLostIsNotGivenUpByARelease() throws Exception {
    EventStream one = stream("one");
    queue.publish("1");
    Delivery delivery = readOne(one);
    queue.publish("2");
    Delivery kept = readOne(one);
    queue.admin.xack(TestQueue.STREAM, TestQueue.GROUP, new StreamEntryID(delivery.entryId()));
    queue.admin.xdel(TestQueue.STREAM, new StreamEntryID(delivery.entryId()));
    assertThat(one.release(List.of(kept.lease(), delivery.lease())))
        .containsExactly(delivery.lease());
  }

  @Test
  void theOutcomeOfWhatWasFlushedIsSettledHoweverFarTheNewStreamIs() throws Exception {
    EventStream one = stream("one");
    // The group was made some time ago, as it usually was.
    queue.admin.hincrBy(TestQueue.STREAM + "_meta", "generation", -100);
    queue.publish("1");
    Delivery delivery = readOne(one);
    queue.admin.flushAll();
    // The new stream's ids are those of later milliseconds.
    long flushed = System.currentTimeMillis();
    await().until(() -> System.currentTimeMillis() > flushed + 1);
    queue.publish("2");
    one.open();
    settle(one, done(readOne(one)));
    queue.publish("3");
    settle(one, done(readOne(one)));
    queue.timePasses(Duration.ofHours(1));
    queue.maintain(one);
    assertThat(one.renew(List.of(delivery.lease()))).isEmpty();
    assertThat(settle(one, done(delivery))).isEqualTo(Settlement.Result.DONE);
  }
}
