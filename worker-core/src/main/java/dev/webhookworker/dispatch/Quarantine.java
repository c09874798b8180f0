package dev.webhookworker.dispatch;

import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets suspects run alone. A suspect was in flight at two unclean ends: it is taken only when this
 * worker holds nothing else, so that it takes no innocent event with it when it ends the process
 * once more. Handlers that last longer than the visibility timeout are not waited for any longer:
 * it runs beside them, or it would never run. For the fetch thread.
 */
final class Quarantine {

  private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
  private static final Duration ROUND = Duration.ofSeconds(1);
  private static final Duration BETWEEN_REPORTS = Duration.ofMinutes(1);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  /** How a suspect is fetched. */
  @FunctionalInterface
  interface Suspects {
    List<Delivery> next() throws StreamUnavailableException;
  }

  private final HeldEvents held;
  private final Intake intake;
  private final Releases releases;
  private final Suspects stream;
  private final Waiter waiter;
  private final Clocks clocks;
  private final Duration patience;
  private final Due reportDue;
  private final Due allowed;

  // Suspects that the last looks at the stream have left.
  private int suspects;

  // Of the round in hand; nanoseconds.
  private boolean inRound;
  private long roundBegan;
  private long aloneSince;
  private boolean running;
  private int companions;

  /**
   * @param patience how long other handlers are waited for
   */
  Quarantine(
      HeldEvents held,
      Intake intake,
      Releases releases,
      Suspects stream,
      Waiter waiter,
      Clocks clocks,
      Duration patience) {
    this.held = held;
    this.intake = intake;
    this.releases = releases;
    this.stream = stream;
    this.waiter = waiter;
    this.clocks = clocks;
    this.patience = patience;
    reportDue = new Due(clocks);
    allowed = new Due(clocks);
  }

  /** So many suspects were left at the last look for what others abandoned. */
  void found(int left) {
    suspects = left;
  }

  /** So many more were left among the retries. */
  void foundToo(int left) {
    suspects = Math.max(suspects, left);
  }

  /**
   * Goes on with the suspects.
   *
   * @return how long to wait before the next turn; empty when there is none to run and the turn may
   *     go on with other work
   */
  Optional<Duration> step() throws StreamUnavailableException, InterruptedException {
    if (!inRound) {
      if (suspects == 0 || !allowed.isDue()) {
        return Optional.empty();
      }
      begin();
    }
    if (running) {
      if (!waiter.untilHeldAtMost(held, companions, LOOK_AGAIN)) {
        return Optional.of(Duration.ZERO);
      }
      running = false;
    }
    if (aloneSince == 0 && !becomesAlone()) {
      return Optional.of(Duration.ZERO);
    }
    if (clocks.nanos() - aloneSince >= ROUND.toNanos()) {
      return end();
    }
    List<Delivery> suspect = stream.next();
    if (suspect.isEmpty()) {
      return end();
    }
    running = true;
    intake.accept(suspect);
    return Optional.of(Duration.ZERO);
  }

  private void begin() {
    inRound = true;
    running = false;
    aloneSince = 0;
    roundBegan = clocks.nanos();
    if (reportDue.isDue()) {
      reportDue.in(BETWEEN_REPORTS);
      LOG.atWarn()
          .addKeyValue("suspects", suspects)
          .log(
              "{} events that were in flight at several crashes run alone now, one by one",
              suspects);
    }
  }

  /** Whether a suspect may be fetched; what was not started is given back meanwhile. */
  private boolean becomesAlone() throws StreamUnavailableException, InterruptedException {
    releases.releaseWaiting();
    boolean empty = waiter.untilHeldAtMost(held, 0, LOOK_AGAIN);
    if (!empty && clocks.nanos() - roundBegan <= patience.toNanos()) {
      return false;
    }
    companions = held.size();
    aloneSince = clocks.nanos();
    return true;
  }

  /** Other events get as much time as the suspects had before the next round. */
  private Optional<Duration> end() {
    allowed.in(Duration.ofNanos(clocks.nanos() - roundBegan));
    inRound = false;
    suspects = 0;
    return Optional.empty();
  }
}
