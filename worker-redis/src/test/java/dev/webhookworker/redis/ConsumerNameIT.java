package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.RedisSettings;
import dev.webhookworker.WorkerConfig;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.params.SetParams;

/** Who has a consumer name, among processes that see each other and those that do not. */
class ConsumerNameIT {

  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final String KEY = TestQueue.STREAM + ":consumer:one";

  private static TestQueue queue;
  private static RedisConnections connections;

  @BeforeAll
  static void start() {
    queue = new TestQueue();
    connections = RedisConnections.to(RedisSettings.parse(DocumentedUser.addressOf(queue.redis)));
  }

  @AfterAll
  static void stop() {
    connections.close();
    queue.close();
  }

  @AfterEach
  void empty() {
    queue.empty();
  }

  private static ConsumerName name() {
    return new ConsumerName(
        connections,
        RedisKeys.of(WorkerConfig.builder().build()),
        "one",
        LEASE,
        Duration.ofMillis(1_500));
  }

  /** As it is seen from another container: nobody can look into its process namespace. */
  private static void heldByAProcessOfAnotherContainer() {
    queue.admin.set(
        KEY, "boot/pid:[1]|1|2026-01-01T00:00:00Z|a", SetParams.setParams().px(LEASE.toMillis()));
  }

  @Test
  void aRestartedContainerHasItsNameAgainWithinSeconds() throws Exception {
    heldByAProcessOfAnotherContainer();
    ConsumerName name = name();
    name.take();
    assertThat(name.get()).isEqualTo("one");
    name.stop();
  }

  @Test
  void aNameWhoseLeaseIsRenewedElsewhereStaysThere() throws Exception {
    heldByAProcessOfAnotherContainer();
    Thread holder =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                queue.admin.pexpire(KEY, LEASE.toMillis());
              }
            });
    holder.start();
    ConsumerName name = name();
    name.take();
    holder.interrupt();
    holder.join();
    assertThat(name.get()).isEqualTo("one-2");
    name.stop();
  }

  @Test
  void aProcessThatHadTheNumberOfThisOneIsGone() throws Exception {
    ConsumerName.ProcessIdentity self = ConsumerName.ProcessIdentity.ofThisProcess();
    ConsumerName.ProcessIdentity former =
        new ConsumerName.ProcessIdentity(self.machine(), self.pid(), "2026-01-01T00:00:00Z", "a");
    queue.admin.set(KEY, former.toString(), SetParams.setParams().px(LEASE.toMillis()));
    ConsumerName name = name();
    name.take();
    assertThat(name.get()).isEqualTo("one");
    name.stop();
  }

  @Test
  void anotherWorkerOfTheSameProcessTakesASuffixAtOnce() throws Exception {
    ConsumerName first = name();
    first.take();
    ConsumerName second = name();
    second.take();
    assertThat(List.of(first.get(), second.get())).containsExactly("one", "one-2");
    first.stop();
    second.stop();
  }

  @Test
  void aLiveProcessRenewsItsNameEverySecond() throws Exception {
    ConsumerName name = name();
    name.take();
    queue.admin.pexpire(KEY, LEASE.toMillis() / 2);
    await().until(() -> queue.admin.pttl(KEY) > LEASE.toMillis() / 2);
    name.stop();
  }
}
