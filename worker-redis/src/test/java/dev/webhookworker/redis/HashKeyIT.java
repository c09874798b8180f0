package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.StreamUnavailableException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The key under which all workers of a queue hash bodies. */
class HashKeyIT {

  private static final String META = "webhook_events_meta";
  private static final String FIELD = "hash_key";

  private static TestQueue queue;

  @BeforeAll
  static void start() {
    queue = new TestQueue();
  }

  @AfterAll
  static void stop() {
    queue.close();
  }

  @AfterEach
  void empty() {
    queue.empty();
  }

  private static EventStream worker(String name) throws StreamUnavailableException {
    return queue.stream(WorkerConfig.builder().consumerName(name).build());
  }

  @Test
  void allWorkersHaveTheSameAndSoHasWhoRetriesDeadLetters() throws Exception {
    EventStream one = worker("one");
    EventStream two = worker("two");
    assertThat(two.hashKey()).isEqualTo(one.hashKey()).isNotZero();
    assertThat(two.deadLetters().hashKey()).isEqualTo(one.hashKey());
    assertThat(queue.admin.hget(META, FIELD)).isEqualTo(Long.toHexString(one.hashKey()));
  }

  @Test
  void whatRedisHasLostAWorkerThatLivesPutsBack() throws Exception {
    EventStream one = worker("one");
    long key = one.hashKey();
    queue.admin.flushAll();
    one.open();
    assertThat(worker("two").hashKey()).isEqualTo(key);
    queue.admin.hdel(META, FIELD);
    one.maintain();
    assertThat(worker("three").hashKey()).isEqualTo(key);
  }

  @Test
  void whereANewWorkerWasFasterTheOthersTakeItsKey() throws Exception {
    EventStream one = worker("one");
    queue.admin.hdel(META, FIELD);
    EventStream two = worker("two");
    assertThat(two.hashKey()).isNotEqualTo(one.hashKey());
    one.maintain();
    assertThat(one.hashKey()).isEqualTo(two.hashKey());
  }

  @Test
  void whatIsNoKeyIsToldWithWhatToDo() {
    queue.admin.hset(META, FIELD, "something else");
    assertThatThrownBy(() -> worker("one")).hasMessageContaining("delete it");
  }
}
