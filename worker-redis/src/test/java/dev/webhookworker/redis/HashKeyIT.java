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

  private static final String KEY = "webhook:idempotency:";

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
    assertThat(queue.admin.get(KEY)).isEqualTo(Long.toHexString(one.hashKey()));
  }

  @Test
  void whatRedisHasLostAWorkerThatLivesPutsBack() throws Exception {
    EventStream one = worker("one");
    long key = one.hashKey();
    queue.admin.flushAll();
    one.open();
    assertThat(worker("two").hashKey()).isEqualTo(key);
    queue.admin.del(KEY);
    one.maintain();
    assertThat(worker("three").hashKey()).isEqualTo(key);
  }

  @Test
  void whereANewWorkerWasFasterTheOthersTakeItsKey() throws Exception {
    EventStream one = worker("one");
    queue.admin.del(KEY);
    EventStream two = worker("two");
    assertThat(two.hashKey()).isNotEqualTo(one.hashKey());
    one.maintain();
    assertThat(one.hashKey()).isEqualTo(two.hashKey());
  }

  @Test
  void whoUsesThisNameForSomethingElseIsToldWhatToDo() {
    queue.admin.set(KEY, "something else");
    assertThatThrownBy(() -> worker("one")).hasMessageContaining("WORKER_IDEMPOTENCY_PREFIX");
  }
}
