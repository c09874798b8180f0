package dev.webhookworker.periodic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.foreign.EveryThrowable;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PeriodicTaskTest {

  private static final Duration OFTEN = Duration.ofMillis(1);

  @Test
  void nothingThatATaskThrowsEndsIt() {
    Iterator<Throwable> throwables = EveryThrowable.all().values().iterator();
    CountDownLatch thrownAll = new CountDownLatch(1);
    try (PeriodicTask task =
        PeriodicTask.every(
            OFTEN,
            "throwing",
            "test-throwing",
            () -> {
              if (throwables.hasNext()) {
                throw EveryThrowable.sneak(throwables.next());
              }
              thrownAll.countDown();
            })) {
      await().until(() -> thrownAll.getCount() == 0);
      await().until(() -> task.failing().isEmpty());
    }
  }

  @Test
  void aTaskThatKeepsFailingIsNamedUntilItWorksAgain() {
    AtomicBoolean works = new AtomicBoolean();
    try (PeriodicTask task =
        PeriodicTask.every(
            OFTEN,
            "looking after things",
            "test-failing",
            () -> {
              if (!works.get()) {
                throw new IllegalStateException("broken");
              }
            })) {
      await().until(() -> task.failing().isPresent());
      assertThat(task.failing().orElseThrow().toString())
          .startsWith("looking after things (failed ")
          .endsWith("last with java.lang.IllegalStateException)");
      works.set(true);
      await().until(() -> task.failing().isEmpty());
    }
  }

  @Test
  void aClosedTaskRunsNoMoreAndItsEndCanBeWaitedFor() {
    AtomicInteger runs = new AtomicInteger();
    PeriodicTask task =
        PeriodicTask.every(OFTEN, "counting", "test-counting", runs::incrementAndGet);
    await().until(() -> runs.get() > 0);
    task.close();
    assertThat(task.awaitEnd(Duration.ofSeconds(5))).isTrue();
    int atTheEnd = runs.get();
    assertThat(runs).hasValue(atTheEnd);
  }
}
