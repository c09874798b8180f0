package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.Settlement;
import dev.webhookworker.port.StreamDepth;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.spi.Finding;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.params.XClaimParams;

/** Housekeeping on servers that are full, and on streams that somebody made anew. */
class HousekeepingIT {

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

  @AfterEach
  void unlimit() {
    queue.admin.configSet("maxmemory", "0");
  }

  private static EventStream stream(String consumer) throws StreamUnavailableException {
    return queue.stream(
        WorkerConfig.builder()
            .consumerName(consumer)
            .visibilityTimeout(VISIBILITY)
            .streamRetention(Duration.ofMillis(1))
            .build());
  }

  private static void fillUp() {
    queue.admin.configSet("maxmemory", "1");
  }

  private static List<Delivery> read(EventStream stream) throws StreamUnavailableException {
    return stream.read(100, Duration.ZERO);
  }

  private static void acknowledge(EventStream stream, List<Delivery> deliveries)
      throws StreamUnavailableException {
    stream.settle(
        deliveries.stream()
            .<Settlement>map(one -> new Settlement.Acknowledge(one.lease(), false, null))
            .toList());
  }

  private static Settlement putOff(Delivery delivery) {
    return new Settlement.Reschedule(
        delivery.lease(), delivery.fields(), delivery.state(), Duration.ZERO, 0, false, null);
  }

  private static void publishWith(String... ids) {
    for (String id : ids) {
      queue.admin.xadd(
          TestQueue.STREAM,
          XAddParams.xAddParams().id(id),
          Map.of("event_id", id, "event_type", "push", "payload", "{}"));
    }
  }

  // ---------------------------------------------------------------- a server at maxmemory

  @Test
  void aServerThatIsFullIsTrimmedUpToTheSavedFloor() throws Exception {
    EventStream stream = stream("one");
    queue.publish("1");
    queue.publish("2");
    acknowledge(stream, read(stream));
    queue.maintain(stream);
    queue.publish("3");
    queue.publish("4");
    queue.publish("5");
    acknowledge(stream, read(stream));
    // The floor of all five was saved, and the trim that follows did not come any more.
    String last = queue.admin.xinfoStream(TestQueue.STREAM).getLastGeneratedId().toString();
    queue.admin.hset(TestQueue.META, "floor", last);
    fillUp();
    queue.maintain(stream);
    assertThat(queue.inStream()).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void whatIsHeldIsRenewedAndReleasedAndRetriesAreTakenOnAServerThatIsFull() throws Exception {
    EventStream stream = stream("one");
    queue.publish("1");
    queue.publish("2");
    List<Delivery> both = read(stream);
    stream.settle(List.of(putOff(both.get(0))));
    fillUp();
    Delivery retry = stream.takeDueRetries(10).deliveries().get(0);
    List<Lease> held = List.of(retry.lease(), both.get(1).lease());
    assertThat(stream.renew(held)).isEmpty();
    stream.release(held);
    assertThat(stream.recover(10).deliveries()).hasSize(1);
    Delivery again = stream.takeDueRetries(10).deliveries().get(0);
    acknowledge(stream, List.of(again));
    assertThat(queue.admin.zcard(TestQueue.RETRY)).isZero();
  }

  // ---------------------------------------------------------------- another stream

  @Test
  void aStreamThatBeginsAgainWithSmallerIdsIsDeliveredWholeAndNotTrimmed() throws Exception {
    EventStream stream = stream("one");
    queue.publish("1");
    queue.publish("2");
    acknowledge(stream, read(stream));
    queue.maintain(stream);
    queue.admin.del(TestQueue.STREAM);
    publishWith("5-1", "6-1", "7-1");
    stream.open();
    queue.maintain(stream);
    assertThat(queue.inStream()).containsExactly("5-1", "6-1", "7-1");
    assertThat(read(stream)).extracting(Delivery::entryId).containsExactly("5-1", "6-1", "7-1");
  }

  @Test
  void aStreamThatBeginsAgainAfterTheGroupWasMadeIsDeliveredWhole() throws Exception {
    EventStream stream = stream("one");
    queue.publish("1");
    acknowledge(stream, read(stream));
    queue.maintain(stream);
    queue.admin.del(TestQueue.STREAM);
    stream.open();
    publishWith("5-1", "6-1");
    assertThat(read(stream)).extracting(Delivery::entryId).containsExactly("5-1", "6-1");
  }

  @Test
  void aStreamThatBeginsAgainBelowTheOldFloorAndGrowsBeyondItIsDeliveredWhole() throws Exception {
    publishWith("100-1", "200-1", "300-1");
    EventStream stream = stream("one");
    acknowledge(stream, read(stream).subList(0, 2));
    queue.maintain(stream);
    queue.admin.del(TestQueue.STREAM);
    publishWith("50-1", "250-1", "400-1");
    stream.open();
    assertThat(read(stream))
        .extracting(Delivery::entryId)
        .containsExactly("50-1", "250-1", "400-1");
  }

  @Test
  void aGroupThatWasDestroyedBeginsAtItsFloorAsBefore() throws Exception {
    publishWith("100-1", "200-1", "300-1");
    EventStream stream = stream("one");
    acknowledge(stream, read(stream).subList(0, 2));
    queue.maintain(stream);
    queue.admin.xgroupDestroy(TestQueue.STREAM, TestQueue.GROUP);
    stream.open();
    assertThat(read(stream)).extracting(Delivery::entryId).containsExactly("300-1");
  }

  @Test
  void nothingIsTrimmedWhileTheGroupIsMissing() throws Exception {
    publishWith("100-1", "200-1");
    EventStream stream = stream("one");
    queue.admin.xgroupDestroy(TestQueue.STREAM, TestQueue.GROUP);
    queue.admin.xgroupCreate(TestQueue.STREAM, "billing", StreamEntryID.XGROUP_LAST_ENTRY, false);
    queue.maintain(stream);
    assertThat(queue.inStream()).containsExactly("100-1", "200-1");
  }

  // ---------------------------------------------------------------- a forgotten group

  @Test
  void aForgottenGroupThatKeepsTheStreamFromBeingTrimmedIsNamedWithTheLength() throws Exception {
    EventStream stream = stream("one");
    queue.admin.xgroupCreate(TestQueue.STREAM, "billing", new StreamEntryID(0, 0), false);
    queue.publish("1");
    queue.publish("2");
    queue.publish("3");
    acknowledge(stream, read(stream).subList(0, 2));
    queue.maintain(stream);
    StreamDepth depth = stream.depth();
    assertThat(depth.streamLength()).isEqualTo(3);
    assertThat(depth.keptBy()).isEqualTo("billing");
    assertThat(depth.kept()).isEqualTo(2);

    List<Finding> findings =
        new RedisModule()
            .diagnose(WorkerConfig.builder().redis(DocumentedUser.addressOf(queue.redis)).build());
    assertThat(findings)
        .filteredOn(finding -> finding.check().equals("redis.other_group"))
        .singleElement()
        .extracting(Finding::message)
        .asString()
        .contains("'billing'", "the stream has 3 entries");
  }

  @Test
  void aGroupThatKeepsUpIsNotNamed() throws Exception {
    EventStream stream = stream("one");
    queue.publish("1");
    queue.admin.xgroupCreate(TestQueue.STREAM, "billing", StreamEntryID.XGROUP_LAST_ENTRY, false);
    acknowledge(stream, read(stream));
    assertThat(stream.depth().keptBy()).isNull();
  }

  // ---------------------------------------------------------------- what recovery costs

  private static long looks() {
    Matcher calls =
        Pattern.compile("cmdstat_xpending:calls=(\\d+)").matcher(queue.admin.info("commandstats"));
    return calls.find() ? Long.parseLong(calls.group(1)) : 0;
  }

  @Test
  void afterOneLookThatFoundNothingNobodyElseLooksForASecond() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    queue.publish("1");
    read(one);
    assertThat(one.recover(10).deliveries()).isEmpty();
    long before = looks();
    assertThat(other.recover(10).deliveries()).isEmpty();
    assertThat(one.recover(10).deliveries()).isEmpty();
    assertThat(looks()).isEqualTo(before);
  }

  @Test
  void aLookAtWhatLivingWorkersHaveIsBoundedAndComesThroughAllOfIt() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    for (int i = 0; i < 2_500; i++) {
      queue.publish("event-" + i);
    }
    List<Delivery> held = one.read(2_500, Duration.ZERO);
    Delivery forgotten = held.get(2_499);
    makeIdle(forgotten);
    int rounds = 0;
    List<Delivery> found = List.of();
    while (found.isEmpty() && rounds < 3) {
      long before = looks();
      queue.admin.del(TestQueue.STREAM + ":recovery");
      found = other.recover(10).deliveries();
      // A thousand entries in pages of a hundred, one more at each end, and what was released.
      assertThat(looks() - before).isLessThanOrEqualTo(13);
      rounds++;
    }
    assertThat(found).extracting(Delivery::entryId).containsExactly(forgotten.entryId());
  }

  private static void makeIdle(Delivery delivery) {
    queue.admin.xclaimJustId(
        TestQueue.STREAM,
        TestQueue.GROUP,
        "one",
        0,
        XClaimParams.xClaimParams().idle(VISIBILITY.plusSeconds(1).toMillis()),
        new StreamEntryID(delivery.entryId()));
  }
}
