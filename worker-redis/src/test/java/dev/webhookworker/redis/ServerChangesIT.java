package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedRedis;
import dev.webhookworker.port.Admission;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.Settlement;
import dev.webhookworker.port.StreamUnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.StreamEntryID;

/** Servers that restart, fail over, lose their last second or change their passwords. */
class ServerChangesIT {

  private static WorkerConfig config(String address) {
    return WorkerConfig.builder().consumerName("one").redis(address).build();
  }

  private static EventStream open(String address) throws StreamUnavailableException {
    WorkerConfig config = config(address);
    EventStream stream = new RedisEventStream(config, RedisConnections.to(config.redis()));
    stream.open();
    return stream;
  }

  private static EventStream open(TestQueue queue) throws StreamUnavailableException {
    return open(DocumentedUser.addressOf(queue.redis));
  }

  private static Delivery readOne(EventStream stream) throws StreamUnavailableException {
    List<Delivery> read = stream.read(10, Duration.ZERO);
    assertThat(read).hasSize(1);
    return read.get(0);
  }

  private static Settlement done(Delivery delivery) {
    return new Settlement.Acknowledge(delivery.lease(), false, null);
  }

  private static void repeatedly(Call call) {
    await()
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptionsInstanceOf(StreamUnavailableException.class)
        .until(
            () -> {
              call.run();
              return true;
            });
  }

  private interface Call {
    void run() throws Exception;
  }

  /** The server forgets that it delivered everything and that there were marks. */
  private static void loseTheLastSecond(TestQueue queue, String eventId) {
    await().ignoreExceptions().until(() -> queue.admin.ping().equals("PONG"));
    queue.admin.xgroupSetID(TestQueue.STREAM, TestQueue.GROUP, new StreamEntryID(0, 0));
    queue.admin.del("webhook:idempotency:" + eventId);
  }

  // ---------------------------------------------------------------- a server that lost something

  @Test
  void whatWasThereBeforeTheServerWasRestartedMayBeStored() throws Exception {
    try (TestQueue queue = new TestQueue();
        EventStream stream = open(queue)) {
      queue.publish("1");
      Delivery first = readOne(stream);
      assertThat(first.mayBeStored()).isFalse();
      stream.admit(List.of(first), List.of(new Claim("1", first.entryId(), "hash")));
      stream.settle(List.of(done(first)));
      queue.redis.restart();
      loseTheLastSecond(queue, "1");
      repeatedly(stream::ping);
      repeatedly(() -> stream.readOwnPending(java.util.Set.of(), false));

      Delivery again = readOne(stream);
      assertThat(again.entryId()).isEqualTo(first.entryId());
      assertThat(again.mayBeStored()).isTrue();
      assertThat(stream.admit(List.of(again), List.of(new Claim("1", again.entryId(), "hash"))))
          .containsExactly(Admission.FRESH);
      queue.publish("2");
      assertThat(readOne(stream).mayBeStored()).isFalse();
    }
  }

  @Test
  void aWorkerThatIsRestartedOnTheSameServerDoubtsNothing() throws Exception {
    try (TestQueue queue = new TestQueue()) {
      try (EventStream before = open(queue)) {
        queue.publish("1");
        before.settle(List.of(done(readOne(before))));
      }
      queue.publish("2");
      try (EventStream after = open(queue)) {
        assertThat(readOne(after).mayBeStored()).isFalse();
      }
    }
  }

  @Test
  void whoMayNotAskWhichServerItIsDoubtsWhatWasThereBeforeALostConnection() throws Exception {
    try (TestQueue queue = new TestQueue()) {
      queue.setUser("worker", "-info");
      try (EventStream stream = open(queue)) {
        queue.publish("1");
        assertThat(readOne(stream).mayBeStored()).isFalse();
        queue.publish("2");
        TestQueue.tell(
            queue.admin, Protocol.Command.CLIENT, "KILL", "TYPE", "normal", "SKIPME", "yes");
        repeatedly(() -> stream.readOwnPending(java.util.Set.of(), true));
        assertThat(readOne(stream).mayBeStored()).isTrue();
      }
    }
  }

  // ---------------------------------------------------------------- a failover

  @Test
  void anOldMasterThatStaysReachableAsAReplicaIsLeft() throws Exception {
    try (TestQueue old = new TestQueue();
        EmbeddedRedis next = DocumentedUser.server();
        RedisClient nextAdmin = RedisClient.create("127.0.0.1", next.port());
        Redirect name = new Redirect(old.redis.port());
        EventStream stream = open("redis://worker:secret@127.0.0.1:" + name.port())) {
      TestQueue.tell(
          nextAdmin, Protocol.Command.REPLICAOF, "127.0.0.1", Integer.toString(old.redis.port()));
      old.publish("1");
      old.publish("2");
      List<Delivery> both = stream.read(10, Duration.ZERO);
      await()
          .until(
              () ->
                  nextAdmin.exists(TestQueue.STREAM)
                      && nextAdmin.xpending(TestQueue.STREAM, TestQueue.GROUP).getTotal() == 2);

      TestQueue.tell(nextAdmin, Protocol.Command.REPLICAOF, "NO", "ONE");
      TestQueue.tell(
          old.admin, Protocol.Command.REPLICAOF, "127.0.0.1", Integer.toString(next.port()));
      name.pointTo(next.port());

      repeatedly(() -> assertThat(stream.settle(List.of(retry(both.get(0))))).hasSize(1));
      repeatedly(() -> stream.settle(List.of(done(both.get(1)))));
      assertThat(nextAdmin.xpending(TestQueue.STREAM, TestQueue.GROUP).getTotal()).isZero();
      assertThat(nextAdmin.zcard(TestQueue.RETRY)).isEqualTo(1);
      nextAdmin.xadd(
          TestQueue.STREAM,
          StreamEntryID.NEW_ENTRY,
          Map.of("event_id", "3", "event_type", "push", "payload", "{}"));
      repeatedly(() -> assertThat(stream.read(10, Duration.ofMillis(100))).hasSize(1));
    }
  }

  @Test
  void aBlockedReadAtAnOldMasterIsLeft() throws Exception {
    try (TestQueue old = new TestQueue();
        EmbeddedRedis next = DocumentedUser.server();
        RedisClient nextAdmin = RedisClient.create("127.0.0.1", next.port());
        Redirect name = new Redirect(old.redis.port());
        EventStream stream = open("redis://worker:secret@127.0.0.1:" + name.port())) {
      stream.read(10, Duration.ZERO);
      name.pointTo(next.port());
      TestQueue.tell(
          old.admin, Protocol.Command.REPLICAOF, "127.0.0.1", Integer.toString(next.port()));
      assertThatExceptionOfType(StreamUnavailableException.class)
          .isThrownBy(() -> stream.read(10, Duration.ofMillis(500)));
      repeatedly(stream::open);
      nextAdmin.xadd(
          TestQueue.STREAM,
          StreamEntryID.NEW_ENTRY,
          Map.of("event_id", "3", "event_type", "push", "payload", "{}"));
      repeatedly(() -> assertThat(stream.read(10, Duration.ofMillis(100))).hasSize(1));
    }
  }

  @Test
  void aConnectionOfTheHostsPoolThatMetAReplicaIsNotLentAgain() throws Exception {
    try (TestQueue queue = new TestQueue();
        RedisClient host = DocumentedUser.client(queue.redis)) {
      EventStream stream =
          new RedisEventStream(
              config(DocumentedUser.addressOf(queue.redis)), RedisConnections.of(host.getPool()));
      stream.open();
      stream.read(1, Duration.ZERO);
      stream.admitAndRead(1, () -> new EventStream.Claimed(List.of(), List.of()));
      long before = host.getPool().getDestroyedCount();
      TestQueue.tell(queue.admin, Protocol.Command.REPLICAOF, "127.0.0.1", "1");
      assertThatExceptionOfType(StreamUnavailableException.class)
          .isThrownBy(
              () -> {
                // Its reply was on its way; the next read meets the replica.
                stream.admitAndRead(1, () -> new EventStream.Claimed(List.of(), List.of()));
                stream.admitAndRead(1, () -> new EventStream.Claimed(List.of(), List.of()));
              });
      // Replies of the read that was sent ahead may still be on their way to it.
      assertThat(host.getPool().getDestroyedCount()).isGreaterThan(before);
      TestQueue.tell(queue.admin, Protocol.Command.REPLICAOF, "NO", "ONE");
      stream.close();
    }
  }

  @Test
  void aRetryWhoseLeaseNobodyHeardOfIsTakenAgainAndNotCounted() throws Exception {
    try (TestQueue queue = new TestQueue();
        Redirect way = new Redirect(queue.redis.port());
        EventStream stream = open("redis://worker:secret@127.0.0.1:" + way.port())) {
      queue.publish("1");
      stream.settle(List.of(retry(readOne(stream))));
      queue.timePasses(Duration.ofMinutes(2));
      way.swallowReplies();
      assertThatExceptionOfType(StreamUnavailableException.class)
          .isThrownBy(() -> stream.takeDueRetries(10));
      way.passReplies();
      repeatedly(
          () ->
              assertThat(stream.takeDueRetries(10).deliveries())
                  .singleElement()
                  .extracting(Delivery::unsettledDeliveries)
                  .isEqualTo(0));
      // What was heard of is held, and not given back by the next call.
      assertThat(stream.takeDueRetries(10).deliveries()).isEmpty();
    }
  }

  private static Settlement retry(Delivery delivery) {
    return new Settlement.Reschedule(
        delivery.lease(),
        delivery.fields(),
        delivery.state(),
        Duration.ofMinutes(1),
        0,
        false,
        null);
  }

  // ---------------------------------------------------------------- passwords

  @Test
  void aPasswordThatWasRotatedInItsFileIsUsedForTheNextConnection(@TempDir Path folder)
      throws Exception {
    Path file = Files.writeString(folder.resolve("password"), "secret\n");
    try (TestQueue queue = new TestQueue()) {
      WorkerConfig config =
          WorkerConfig.fromEnvironment(
              Map.of(
                  "REDIS_ADDR",
                  queue.redis.address(),
                  "REDIS_USERNAME",
                  "worker",
                  "REDIS_PASSWORD_FILE",
                  file.toString(),
                  "WORKER_CONSUMER_NAME",
                  "one"));
      try (EventStream stream = new RedisEventStream(config, RedisConnections.to(config.redis()))) {
        stream.open();
        stream.read(1, Duration.ZERO);
        queue.setUser("worker", "resetpass", ">another");
        TestQueue.tell(
            queue.admin, Protocol.Command.CLIENT, "KILL", "TYPE", "normal", "SKIPME", "yes");
        assertThatExceptionOfType(StreamUnavailableException.class)
            .isThrownBy(stream::ping)
            .withMessageContaining("refused the password or the user")
            .withMessageNotContaining("secret");

        Files.writeString(file, "another\n");
        repeatedly(stream::ping);
        queue.publish("1");
        repeatedly(() -> assertThat(stream.read(1, Duration.ofMillis(100))).hasSize(1));
      }
    }
  }

  // ---------------------------------------------------------------- rights

  @Test
  void aUserWithoutDangerousCommandsIsServedAndToldWhatCannotBeChecked() throws Exception {
    try (TestQueue queue = new TestQueue()) {
      queue.setUser("hardened", "on", ">secret", "~*", "+@all", "-@dangerous");
      try (EventStream stream = open("redis://hardened:secret@" + queue.redis.address())) {
        queue.publish("1");
        Delivery delivery = readOne(stream);
        stream.settle(List.of(done(delivery)));
        assertThat(stream.depth().total()).isZero();
        assertThat(stream.warnings()).singleElement().asString().contains("may not call INFO");
      }
    }
  }
}
