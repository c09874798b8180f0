package dev.webhookworker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutageTest {

  private final Outage outage = new Outage("event stream", "a test goes on", new Random(1));

  @Test
  void itEndsWhenTheRefusedStepIsDoneAndNotWhenAnotherOneIs() {
    outage.failed("settling", new IOException("OOM"));
    outage.over("fetching");
    assertThat(outage.isOn()).isTrue();
    outage.over("settling");
    assertThat(outage.isOn()).isFalse();
  }

  @Test
  void itLastsAsLongAsOneOfItsStepsIsRefused() {
    outage.failed("settling", new IOException("away"));
    outage.failed("fetching", new IOException("away"));
    outage.over("settling");
    assertThat(outage.isOn()).isTrue();
    outage.over("fetching");
    assertThat(outage.problem()).isEmpty();
  }

  @Test
  void delaysGrowWithTheFailuresOfAStepWhateverElseSucceeds() {
    Duration first = outage.failed("settling", new IOException("OOM"));
    Duration last = first;
    for (int i = 0; i < 10; i++) {
      outage.over("fetching");
      last = outage.failed("settling", new IOException("OOM"));
    }
    assertThat(first).isLessThanOrEqualTo(Duration.ofMillis(50));
    assertThat(last).isGreaterThanOrEqualTo(Duration.ofMillis(2500));
  }
}
