package dev.webhookworker.quickstart;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What the quick start publishes: waves of events, with everything that goes wrong in real life.
 */
record Scenario(List<List<Planned>> waves) {

  private static final int WAVES = 10;
  private static final int ROUNDS_PER_WAVE = 3;
  private static final int FAILURES_BEFORE_SUCCESS = 2;

  static Scenario of(Instant now) {
    List<List<Planned>> waves = new ArrayList<>();
    Numbers numbers = new Numbers(100);
    for (int wave = 0; wave < WAVES; wave++) {
      List<Planned> planned = new ArrayList<>();
      for (int round = 0; round < ROUNDS_PER_WAVE; round++) {
        for (Sample sample : Sample.ordinary()) {
          planned.add(
              new Planned(sample.provider(), sample.event(numbers.next(), now), Ending.PROCESSED));
        }
      }
      addTroubled(planned, wave, numbers, now);
      if (wave > 0) {
        // Providers send again what they got no answer for: one from just now, one from before.
        planned.add(again(planned.get(1)));
        planned.add(again(waves.get(wave - 1).get(2)));
      }
      waves.add(List.copyOf(planned));
    }
    return new Scenario(List.copyOf(waves));
  }

  private static void addTroubled(List<Planned> planned, int wave, Numbers numbers, Instant now) {
    if (wave % 2 == 1) {
      planned.add(deployment(FAILURES_BEFORE_SUCCESS, Ending.RETRIED, numbers, now));
    } else {
      planned.add(deployment(0, Ending.PROCESSED, numbers, now));
    }
    if (wave == 1) {
      planned.add(deployment(Integer.MAX_VALUE, Ending.DEAD_LETTER, numbers, now));
    }
    if (wave == 2) {
      Sample cutOff = Sample.ordinary().get(0).cutOff();
      planned.add(
          new Planned(cutOff.provider(), cutOff.event(numbers.next(), now), Ending.DEAD_LETTER));
    }
  }

  private static Planned deployment(
      int failingAttempts, Ending expected, Numbers numbers, Instant now) {
    Sample sample = Sample.deployment(failingAttempts);
    return new Planned(sample.provider(), sample.event(numbers.next(), now), expected);
  }

  private static Planned again(Planned first) {
    return new Planned(first.provider(), first.event(), Ending.DUPLICATE);
  }

  int size() {
    return waves.stream().mapToInt(List::size).sum();
  }

  /** Counts up. */
  private static final class Numbers {
    private int last;

    Numbers(int last) {
      this.last = last;
    }

    int next() {
      return ++last;
    }
  }
}
