package dev.webhookworker.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ToldOnceAMinuteTest {

  @Test
  void eachThingIsToldOnceAMinute() {
    AtomicLong nanos = new AtomicLong(-TimeUnit.SECONDS.toNanos(30));
    ToldOnceAMinute told = new ToldOnceAMinute(nanos::get);
    assertThat(told.isDue("a")).isTrue();
    assertThat(told.isDue("a")).isFalse();
    assertThat(told.isDue("b")).isTrue();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(59));
    assertThat(told.isDue("a")).isFalse();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(told.isDue("a")).isTrue();
    assertThat(told.isDue("a")).isFalse();
  }
}
