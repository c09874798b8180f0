package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhookworker.Limits;
import dev.webhookworker.RedisSettings;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.pipeline.Claims;
import dev.webhookworker.port.Admission;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.EventStreamConformance;
import dev.webhookworker.port.Recovered;
import dev.webhookworker.port.Settlement;
import dev.webhookworker.port.StreamDepth;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.XClaimParams;
import redis.clients.jedis.params.XTrimParams;

/**
 * The port's promises on a real server, and those that only Redis has. The server is the embedded
 * 6.2, or the one that WORKER_TEST_REDIS_SERVER names: run it with both.
 */
class RedisEventStreamIT extends EventStreamConformance {

  private static final String STREAM = TestQueue.STREAM;
  private static final String GROUP = TestQueue.GROUP;
  private static final String RETRY = TestQueue.RETRY;

  private static TestQueue queue;
  private static RedisClient client;

  @BeforeAll
  static void start() {
    queue = new TestQueue();
    client = queue.admin;
  }

  @AfterAll
  static void stop() {
    queue.close();
  }

  @BeforeEach
  void empty() {
    queue.empty();
  }

  private static WorkerConfig.Builder config(String consumer) {
    return WorkerConfig.builder()
        .consumerName(consumer)
        .visibilityTimeout(VISIBILITY)
        .maxDeliveries(MAX_DELIVERIES)
        .streamRetention(Duration.ofMillis(1));
  }

  @Override
  protected EventStream stream(String consumer) throws StreamUnavailableException {
    return queue.stream(config(consumer).build());
  }

  @Override
  protected String publish(Map<String, String> fields) {
    return queue.publish(fields);
  }

  @Override
  protected void timePasses(Duration duration) {
    queue.timePasses(duration);
  }

  @Override
  protected void loseDeadLetters() {
    client.del("webhook_events_dlq", "webhook_events_dlq_open");
  }

  private static void maintain(EventStream stream) throws StreamUnavailableException {
    queue.maintain(stream);
  }

  private static List<String> inStream() {
    return queue.inStream();
  }

  private static void acknowledgeAll(EventStream stream, List<Delivery> deliveries)
      throws StreamUnavailableException {
    stream.settle(deliveries.stream().map(EventStreamConformance::acknowledge).toList());
  }

  // ---------------------------------------------------------------- vanished entries

  @Test
  void anEntryThatWasTrimmedWhilePendingIsReportedOnceAndCleared() throws Exception {
    EventStream one = stream("one");
    EventStream other = stream("other");
    String id = publish("1");
    read(one);
    timePasses(VISIBILITY.plusSeconds(1));
    client.xdel(STREAM, new StreamEntryID(id));
    Recovered recovered = other.recover(100);
    assertThat(recovered.vanished()).containsExactly(id);
    assertThat(recovered.deliveries()).isEmpty();
    assertThat(other.recover(100).vanished()).isEmpty();
    assertThat(other.depth().total()).isZero();
  }

  @Test
  void aRestartedConsumerReportsItsVanishedEntries() throws Exception {
    String id = publish("1");
    read(stream("one"));
    client.xdel(STREAM, new StreamEntryID(id));
    EventStream restarted = stream("one");
    assertThat(restarted.readOwnPending(Set.of(), true).vanished()).containsExactly(id);
    assertThat(restarted.readOwnPending(Set.of(), true).vanished()).isEmpty();
  }

  // ---------------------------------------------------------------- trimming and the floor

  @Test
  void trimmingKeepsWhatAnyGroupNeeds() throws Exception {
    EventStream stream = stream("one");
    String first = publish("1");
    String second = publish("2");
    String third = publish("3");
    client.xgroupCreate(STREAM, "billing", new StreamEntryID("0-0"), false);
    acknowledgeAll(stream, read(stream));
    maintain(stream);
    assertThat(inStream()).containsExactly(first, second, third);
    // The other group has read two and acknowledged the second: the first is still pending there.
    client.xgroupSetID(STREAM, "billing", new StreamEntryID(second));
    client.xclaim(
        STREAM, "billing", "b", 0, XClaimParams.xClaimParams().force(), new StreamEntryID(first));
    maintain(stream);
    assertThat(inStream()).containsExactly(first, second, third);
    client.xack(STREAM, "billing", new StreamEntryID(first));
    maintain(stream);
    assertThat(inStream()).contains(third).doesNotContain(first);
  }

  @Test
  void trimmingKeepsWhatIsPendingInTheOwnGroup() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    String second = publish("2");
    String third = publish("3");
    List<Delivery> all = read(stream);
    acknowledgeAll(stream, List.of(all.get(0), all.get(2)));
    maintain(stream);
    assertThat(inStream()).endsWith(second, third);
    assertThat(stream.readOwnPending(Set.of(), false).vanished()).isEmpty();
  }

  @Test
  void aGroupThatIsMadeAgainBeginsAtTheSavedFloor() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    publish("2");
    acknowledgeAll(stream, read(stream));
    String third = publish("3");
    String fourth = publish("4");
    read(stream);
    maintain(stream);
    client.xgroupDestroy(STREAM, GROUP);
    assertThatExceptionOfType(StreamUnavailableException.class)
        .isThrownBy(() -> read(stream))
        .matches(StreamUnavailableException::groupMissing);
    stream.open();
    assertThat(read(stream)).extracting(Delivery::entryId).containsExactly(third, fourth);
  }

  @Test
  void aGroupThatIsMadeForTheFirstTimeBeginsAtTheFirstEntry() throws Exception {
    String before = publish("1");
    assertThat(readOne(stream("one")).entryId()).isEqualTo(before);
  }

  @Test
  void aTokenOfAGroupThatIsMadeAgainIsLargerThanAllBefore() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    Delivery before = readOne(stream);
    client.xgroupDestroy(STREAM, GROUP);
    stream.open();
    assertThat(readOne(stream).fencingToken()).isGreaterThan(before.fencingToken());
  }

  // ---------------------------------------------------------------- dead letters and lost groups

  @Test
  void anOpenDeadLetterThatALostGroupBringsAgainIsKnown() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    Delivery dead = readOne(stream);
    admit(stream, dead);
    settle(stream, bury(dead));
    client.xgroupDestroy(STREAM, GROUP);
    stream.open();
    assertThat(admit(stream, readOne(stream))).isEqualTo(Admission.DEAD_ALREADY);
  }

  @Test
  void twoDeadLettersOfOneIdAreBothKnown() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    publish("1");
    for (Delivery delivery : read(stream)) {
      admit(stream, delivery);
      assertThat(settle(stream, bury(delivery))).isEqualTo(Settlement.Result.DONE);
    }
    client.xgroupDestroy(STREAM, GROUP);
    stream.open();
    for (Delivery again : read(stream)) {
      assertThat(admit(stream, again)).isEqualTo(Admission.DEAD_ALREADY);
      settle(stream, bury(again));
    }
    assertThat(stream.depth().deadLetters()).isEqualTo(2);
  }

  @Test
  void aRetryThatALostGroupBringsAgainIsLeftToTheRetry() throws Exception {
    EventStream stream = stream("one");
    publish("1");
    Delivery delivery = readOne(stream);
    admit(stream, delivery);
    settle(stream, reschedule(delivery));
    client.xgroupDestroy(STREAM, GROUP);
    stream.open();
    assertThat(admit(stream, readOne(stream))).isEqualTo(new Admission.Own(true));
  }

  @Test
  void aDeadLetterKeepsTheFieldsAndSaysWhy() throws Exception {
    EventStream stream = stream("one");
    publish("1", "{\"a\":\"\\u0000\"}");
    settle(stream, bury(readOne(stream)));
    Map<String, String> dead = client.xrange("webhook_events_dlq", "-", "+").get(0).getFields();
    assertThat(dead)
        .containsEntry("event_id", "1")
        .containsEntry("payload", "{\"a\":\"\\u0000\"}")
        .hasEntrySatisfying(
            "dead_letter", why -> assertThat(why).contains("\"reason\":\"not_retryable\""));
  }

  @Test
  void aRetryThatCannotBeReadHoldsUpNoOtherAndKeepsItsBytes() throws Exception {
    EventStream stream = stream("one");
    String damaged = publish("1");
    String sound = publish("2");
    for (Delivery delivery : read(stream)) {
      settle(stream, reschedule(delivery));
    }
    client.hset(RETRY + "_data", damaged, "\u0007 from a later version");
    timePasses(Duration.ofMinutes(5));
    List<Delivery> due = stream.takeDueRetries(10).deliveries();
    assertThat(due).extracting(Delivery::entryId).containsExactlyInAnyOrder(damaged, sound);
    assertThat(due)
        .filteredOn(delivery -> delivery.entryId().equals(damaged))
        .singleElement()
        .satisfies(
            bare -> {
              assertThat(bare.fields().text("event_id")).isNull();
              assertThat(bare.fields().text("payload")).isEqualTo("\u0007 from a later version");
            });
  }

  // ---------------------------------------------------------------- depth

  @Test
  void theDepthOfNothingIsZero() throws Exception {
    EventStream stream = stream("one");
    client.flushAll();
    assertThat(stream.depth().total()).isZero();
    assertThat(stream.depth().oldestWaiting()).isZero();
  }

  @Test
  void theLagIsRightAfterATrim() throws Exception {
    EventStream stream = stream("one");
    publishMany(30);
    acknowledgeAll(stream, stream.read(10, Duration.ZERO));
    client.xtrim(STREAM, XTrimParams.xTrimParams().maxLen(15));
    assertThat(stream.depth().lag()).isEqualTo(15);
    acknowledgeAll(stream, stream.read(5, Duration.ZERO));
    assertThat(stream.depth().lag()).isEqualTo(10);
    assertThat(stream.depth().lagEstimated()).isFalse();
  }

  @Test
  void theLagIsRightAfterEntriesWereDeleted() throws Exception {
    EventStream stream = stream("one");
    List<String> ids = publishMany(30);
    stream.read(10, Duration.ZERO);
    // One that was read and two that were not.
    for (int i : List.of(3, 15, 20)) {
      client.xdel(STREAM, new StreamEntryID(ids.get(i)));
    }
    assertThat(stream.depth().lag()).isEqualTo(18);
    assertThat(stream.depth().lagEstimated()).isFalse();
  }

  @Test
  void theLagIsRightWhenTheLastEntriesWereDeleted() throws Exception {
    EventStream stream = stream("one");
    List<String> ids = publishMany(10);
    stream.read(5, Duration.ZERO);
    for (String id : ids.subList(5, 10)) {
      client.xdel(STREAM, new StreamEntryID(id));
    }
    assertThat(stream.depth().lag()).isZero();
  }

  @Test
  void aLagBeyondWhatIsCountedIsExactWhileLittleWasRead() throws Exception {
    EventStream stream = stream("one");
    publishMany(2_500);
    stream.read(100, Duration.ZERO);
    StreamDepth depth = stream.depth();
    assertThat(depth.lag()).isEqualTo(2_400);
    assertThat(depth.lagEstimated()).isFalse();
  }

  // ---------------------------------------------------------------- reading ahead

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eachEntryIsBroughtOnceAndInOrderByReadsThatAreSentAhead(boolean ofTheHost) throws Exception {
    EventStream stream = ofTheHost ? stream("one") : streamOnOwnConnections("one");
    List<String> published = publishMany(95);
    List<Delivery> taken = stream.read(10, Duration.ZERO);
    List<Delivery> brought = new ArrayList<>(taken);
    for (int i = 0; i < 5; i++) {
      List<Delivery> before = taken;
      EventStream.AdmittedAndRead both = stream.admitAndRead(10, () -> claimed(before));
      assertThat(both.admissions()).hasSameSizeAs(before).containsOnly(Admission.FRESH);
      taken = both.next();
      brought.addAll(taken);
    }
    brought.addAll(stream.readSentAhead());
    assertThat(stream.readSentAhead()).isEmpty();
    brought.addAll(stream.read(100, Duration.ZERO));
    assertThat(brought).extracting(Delivery::entryId).containsExactlyElementsOf(published);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatWasSentAheadIsPendingWhenAdmissionFailsAndNobodyElseGetsTheReply(boolean ofTheHost)
      throws Exception {
    EventStream stream = ofTheHost ? stream("one") : streamOnOwnConnections("one");
    List<String> published = publishMany(30);
    List<Delivery> first = stream.read(10, Duration.ZERO);
    EventStream.AdmittedAndRead both = stream.admitAndRead(5, () -> claimed(first));
    assertThatThrownBy(
            () ->
                stream.admitAndRead(
                    5,
                    () -> {
                      throw new IllegalStateException("on purpose");
                    }))
        .hasMessage("on purpose");
    Set<String> held =
        Stream.concat(first.stream(), both.next().stream())
            .map(Delivery::entryId)
            .collect(Collectors.toSet());
    List<Delivery> found = new ArrayList<>(stream.readOwnPending(held, false).deliveries());
    found.addAll(stream.read(100, Duration.ZERO));
    assertThat(Stream.concat(held.stream(), found.stream().map(Delivery::entryId)))
        .containsExactlyInAnyOrderElementsOf(published);
  }

  private EventStream streamOnOwnConnections(String consumer) throws StreamUnavailableException {
    RedisSettings address = RedisSettings.parse(DocumentedUser.addressOf(queue.redis));
    return queue.opened(config(consumer).build(), RedisConnections.to(address));
  }

  private static EventStream.Claimed claimed(List<Delivery> deliveries) {
    Claims claims = new Claims(Limits.DEFAULTS, () -> 17);
    return new EventStream.Claimed(deliveries, deliveries.stream().map(claims::of).toList());
  }

  private List<String> publishMany(int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(publish("event-" + i));
    }
    return ids;
  }
}
