package dev.webhookworker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.RetryPolicy;
import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.Source;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeldEventTest {

  private final AtomicLong nanos = new AtomicLong(1);
  private final Clocks clocks = new Clocks(Clock.systemUTC(), nanos::get);
  private final HeldEvent event = new HeldEvent(delivery(1), nanos.get(), clocks);

  private static Delivery delivery(long count) {
    return new Delivery(
        new Lease("1-0", Source.STREAM, count, count),
        EntryFields.of(Map.of("event_id", "1")),
        AttemptState.NEW,
        0,
        false);
  }

  @Test
  void anInterruptThatAnotherHandlerLeftDoesNotHitTheNextEvent() {
    Thread.currentThread().interrupt();
    assertThat(event.begin()).isTrue();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void anInterruptOfTheRunDoesNotOutliveIt() {
    assertThat(event.begin()).isTrue();
    event.interrupt();
    assertThat(event.cancelled()).isTrue();
    assertThat(event.conclude()).isTrue();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void whoeverEndsTheRunFirstDecides() {
    event.begin();
    assertThat(event.giveUp()).isTrue();
    assertThat(event.conclude()).as("the handler comes back too late").isFalse();
    assertThat(event.lose()).isFalse();
    assertThat(event.phase()).isEqualTo(HeldEvent.Phase.GIVEN_UP);
  }

  @Test
  void aRunThatNoLongerCountsLetsGoOfWhatItHasAtOnceAndOnce() {
    AtomicInteger letGo = new AtomicInteger();
    event.begin();
    event.whenItNoLongerCounts(
        () -> {
          throw new IllegalStateException("the host's pool");
        });
    event.whenItNoLongerCounts(letGo::incrementAndGet);
    assertThat(letGo).hasValue(0);
    event.giveUp();
    assertThat(letGo).hasValue(1);
    event.whenItNoLongerCounts(letGo::incrementAndGet);
    assertThat(letGo).as("what it takes after that").hasValue(2);
    event.conclude();
    assertThat(letGo).hasValue(2);
  }

  @Test
  void whatIsBeingGivenBackIsNotBegun() {
    assertThat(event.release()).isTrue();
    assertThat(event.begin()).isFalse();
    assertThat(event.phase()).isEqualTo(HeldEvent.Phase.RELEASING);
  }

  @Test
  void whatHasBegunIsNotGivenBack() {
    event.begin();
    assertThat(event.release()).isFalse();
    assertThat(event.isRunning()).isTrue();
  }

  @Test
  void aFinishedOutcomeIsSettledUnderTheLeaseThatALostGroupBrings() {
    event.begin();
    event.conclude();
    assertThat(event.adopt(delivery(2), nanos.get())).isTrue();
    assertThat(event.lease().count()).isEqualTo(2);
  }

  @Test
  void whatWasLostOrGivenBackAdoptsNothing() {
    event.lose();
    assertThat(event.adopt(delivery(2), nanos.get())).isFalse();
  }

  @Test
  void aLeaseThatWasRenewedTooLongAgoIsDoubtful() {
    event.renewed(nanos.get());
    nanos.addAndGet(50);
    assertThat(event.isLeaseDoubtful(nanos.get(), 50)).isFalse();
    nanos.addAndGet(1);
    assertThat(event.isLeaseDoubtful(nanos.get(), 50)).isTrue();
    event.renewed(nanos.get());
    event.doubtLease();
    assertThat(event.isLeaseDoubtful(nanos.get(), 50)).isTrue();
  }

  @Test
  void aTimeLimitCountsByAClockThatNoStepOfTheCalendarMoves() {
    event.limit(Duration.ofNanos(100), RetryPolicy.defaults());
    nanos.addAndGet(99);
    assertThat(event.overtimeNanos(nanos.get())).isNegative();
    assertThat(event.timeLeft()).isEqualTo(Duration.ofNanos(1));
    nanos.addAndGet(2);
    assertThat(event.overtimeNanos(nanos.get())).isEqualTo(1);
  }

  @Test
  void aLimitBeyondAllClocksIsNone() {
    event.limit(ChronoUnit.FOREVER.getDuration(), RetryPolicy.defaults());
    assertThat(event.timeLeft()).isGreaterThan(Duration.ofDays(300));
    assertThat(event.overtimeNanos(nanos.get())).isNegative();
  }

  @Test
  void beforeItsLimitIsKnownNoEventIsOvertime() {
    nanos.set(Long.MAX_VALUE);
    assertThat(event.overtimeNanos(nanos.get())).isNegative();
  }
}
