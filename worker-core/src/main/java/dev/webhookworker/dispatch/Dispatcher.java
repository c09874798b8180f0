package dev.webhookworker.dispatch;

import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.DueRetries;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.Recovered;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.spi.WorkerListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one loop that takes work in: abandoned entries first, then retries that are due, then new
 * events, never more than there is room for. No exception ends it; it pauses and goes on.
 */
final class Dispatcher implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final long RECOVERY_INTERVAL_NANOS = 1_000_000_000L;
  private static final Duration WAKING = Duration.ofMillis(5);
  private static final long PAUSE_NANOS = 50_000_000L;
  private static final long QUARANTINE_ROUND_NANOS = 1_000_000_000L;
  private static final long SUSPECTS_REPORT_NANOS = 60_000_000_000L;
  private static final long QUARANTINE_REST_NANOS = 10_000_000_000L;

  /** What the loop works with; {@code store} is null when events are not stored. */
  record Parts(
      EventStream stream,
      @Nullable EventStore store,
      HeldEvents held,
      HandlerThreads threads,
      Intake intake,
      Prefetch prefetch,
      Outage streamOutage,
      Outage storeOutage,
      Vitals vitals,
      WorkerListener listener) {}

  private final Parts parts;
  private final Duration block;
  private final BooleanSupplier waitingInLine;
  private final long quarantineNanos;

  // Commands from other threads.
  private volatile boolean stopped;
  private volatile boolean paused;

  // Written by the loop's own thread.
  private volatile boolean resting = true;

  // Mutable state of the loop's own thread; times are System.nanoTime().
  private boolean storeOpen;
  private boolean streamOpen;
  private boolean firstOpen = true;
  private boolean backlog;
  private long recoverAt = System.nanoTime();
  private long retriesAt = System.nanoTime();
  private int suspects;
  private long suspectsReportAt = System.nanoTime();
  private long quarantineSince;
  private long noQuarantineBefore = System.nanoTime();

  /**
   * @param waitingInLine whether events wait for others, so that retries may become due at any
   *     moment
   */
  Dispatcher(Parts parts, Duration block, BooleanSupplier waitingInLine, Duration visibility) {
    this.parts = parts;
    this.block = block;
    this.waitingInLine = waitingInLine;
    this.quarantineNanos = visibility.toNanos();
  }

  @Override
  public void run() {
    while (!stopped) {
      try {
        turn();
      } catch (StreamUnavailableException away) {
        streamOpen &= !away.groupMissing();
        sleep(parts.streamOutage().failed(away));
      } catch (StoreUnavailableException away) {
        sleep(parts.storeOutage().failed(away));
      } catch (InterruptedException wake) {
        // Only stop() interrupts, and the loop's condition sees it.
        parts.vitals().turned(false);
      } catch (RuntimeException bug) {
        LOG.atError().setCause(bug).log("The fetch loop failed unexpectedly; it goes on");
        sleep(Duration.ofSeconds(1));
      } catch (Error error) {
        LOG.atError().setCause(error).log("The fetch loop met an error of the platform");
        parts.vitals().broken(error);
        sleep(Duration.ofSeconds(1));
      }
    }
  }

  private void turn()
      throws StreamUnavailableException, StoreUnavailableException, InterruptedException {
    if (paused) {
      rest();
      return;
    }
    open();
    if (parts.storeOutage().isOn()) {
      rest();
      return;
    }
    resting = false;
    parts.vitals().turned(true);
    parts.intake().admitAll();
    if (suspects > 0 && System.nanoTime() - noQuarantineBefore >= 0) {
      quarantine();
      return;
    }
    recoverAbandoned();
    takeDueRetries();
    takeNew();
  }

  private void rest() {
    resting = true;
    parts.vitals().turned(false);
    LockSupport.parkNanos(PAUSE_NANOS);
  }

  private void open() throws StreamUnavailableException, StoreUnavailableException {
    if (!storeOpen) {
      EventStore store = parts.store();
      if (store != null) {
        store.open();
        store.warnings().forEach(warning -> LOG.atWarn().log("{}", warning));
      }
      storeOpen = true;
      parts.storeOutage().over();
    }
    if (!streamOpen) {
      parts.stream().open();
      streamOpen = true;
      if (firstOpen) {
        parts.stream().warnings().forEach(warning -> LOG.atWarn().log("{}", warning));
      }
      take(parts.stream().readOwnPending(parts.held().entryIds(), firstOpen));
      LOG.atInfo()
          .addKeyValue("consumer", parts.stream().consumerName())
          .log(firstOpen ? "Consuming" : "Consuming again");
      firstOpen = false;
    } else if (parts.streamOutage().isOn()) {
      // The reply that the outage swallowed may have brought entries that nobody knows of.
      take(parts.stream().readOwnPending(parts.held().entryIds(), false));
    }
    parts.streamOutage().over();
  }

  private void recoverAbandoned() throws StreamUnavailableException {
    int room = room();
    if (System.nanoTime() - recoverAt < 0 || room == 0) {
      return;
    }
    recoverAt = System.nanoTime() + RECOVERY_INTERVAL_NANOS;
    int most = Math.min(room, parts.prefetch().batch());
    Recovered recovered = parts.stream().recover(most);
    suspects = recovered.suspects();
    if (recovered.deliveries().size() >= most) {
      // There may be more: they come before new events as soon as there is room.
      recoverAt = System.nanoTime();
    }
    take(recovered);
  }

  private void take(Recovered recovered) throws StreamUnavailableException {
    if (!recovered.vanished().isEmpty()) {
      LOG.atError()
          .addKeyValue("entries", recovered.vanished().size())
          .addKeyValue("first", recovered.vanished().get(0))
          .log(
              "Pending entries are gone: somebody else trimmed or deleted them before they were"
                  + " processed. Let only the worker trim the stream");
      parts.listener().vanished(recovered.vanished().size());
    }
    if (!recovered.deliveries().isEmpty()) {
      LOG.atInfo()
          .addKeyValue("entries", recovered.deliveries().size())
          .log("Took over entries that a worker had left");
      parts.listener().reclaimed(recovered.deliveries().size());
      parts.intake().accept(recovered.deliveries());
    }
  }

  private void takeDueRetries() throws StreamUnavailableException {
    int room = room();
    if (System.nanoTime() - retriesAt < 0 || room == 0) {
      return;
    }
    DueRetries due = parts.stream().takeDueRetries(Math.min(room, parts.prefetch().batch()));
    suspects = Math.max(suspects, due.suspects());
    // Others may schedule sooner ones: look again after one blocking read at the latest.
    Duration latest = waitingInLine.getAsBoolean() && WAKING.compareTo(block) < 0 ? WAKING : block;
    Duration next = due.untilNext().compareTo(latest) < 0 ? due.untilNext() : latest;
    retriesAt = System.nanoTime() + next.toNanos();
    parts.intake().accept(due.deliveries());
  }

  private void takeNew() throws StreamUnavailableException, InterruptedException {
    int capacity = parts.prefetch().capacity();
    int batch = backlog ? parts.prefetch().batchOfBacklog() : parts.prefetch().batch();
    int wanted = parts.threads().waiting() == 0 ? 1 : Math.min(batch, (capacity + 1) / 2);
    if (!parts.held().awaitAtMost(Math.max(0, capacity - wanted), PAUSE_NANOS)) {
      return;
    }
    int room = room();
    if (room == 0) {
      LockSupport.parkNanos(1_000_000);
      return;
    }
    long now = System.nanoTime();
    long waitNanos = Math.min(Math.min(block.toNanos(), retriesAt - now), recoverAt - now);
    List<Delivery> taken =
        parts.stream().read(Math.min(room, batch), Duration.ofNanos(Math.max(0, waitNanos)));
    parts.intake().hold(taken);
    backlog = taken.size() >= parts.prefetch().batch();
    int onTheirWay = 0;
    while (backlog && nothingElseIsDue()) {
      // The first round sends two reads, each later one sends one.
      int reads = onTheirWay == 0 ? 2 : 1;
      int ahead = parts.prefetch().batchAhead();
      int most = Math.min((room() - onTheirWay) / reads, ahead);
      int full = Math.min(ahead, parts.prefetch().batch());
      if (most < full) {
        break;
      }
      int brought = parts.intake().admitAndRead(most);
      onTheirWay = most;
      backlog = brought >= full;
      parts.vitals().turned(true);
    }
    parts.intake().admitWithRest();
  }

  private boolean nothingElseIsDue() {
    long now = System.nanoTime();
    return now - retriesAt < 0
        && now - recoverAt < 0
        && !stopped
        && !paused
        && !parts.storeOutage().isOn();
  }

  private int room() {
    if (parts.held().bytes() >= parts.prefetch().maxBytes()) {
      return 0;
    }
    return Math.max(0, parts.prefetch().capacity() - parts.held().size());
  }

  /**
   * A suspect was in flight at two unclean ends. It is taken only when this worker holds nothing
   * else, so that it takes no innocent event with it when it ends the process once more.
   */
  private void quarantine() throws StreamUnavailableException, InterruptedException {
    if (quarantineSince == 0) {
      quarantineSince = System.nanoTime();
      reportSuspects();
    }
    releaseWaiting();
    if (!parts.held().awaitAtMost(0, PAUSE_NANOS)) {
      if (System.nanoTime() - quarantineSince > quarantineNanos) {
        endQuarantine(QUARANTINE_REST_NANOS);
      }
      return;
    }
    runSuspectsOneByOne();
    recoverAt = System.nanoTime();
    endQuarantine(0);
  }

  /** For a while: other events get their turn between two rounds. */
  private void runSuspectsOneByOne() throws StreamUnavailableException, InterruptedException {
    long roundEnd = System.nanoTime() + QUARANTINE_ROUND_NANOS;
    while (!stopped && System.nanoTime() - roundEnd < 0) {
      List<Delivery> suspect = parts.stream().recoverSuspect();
      if (suspect.isEmpty()) {
        return;
      }
      parts.intake().accept(suspect);
      while (!stopped && !parts.held().awaitAtMost(0, PAUSE_NANOS)) {
        parts.vitals().turned(true);
      }
    }
  }

  private void reportSuspects() {
    if (System.nanoTime() - suspectsReportAt >= 0) {
      suspectsReportAt = System.nanoTime() + SUSPECTS_REPORT_NANOS;
      LOG.atWarn()
          .addKeyValue("suspects", suspects)
          .log("Events that were in flight at several crashes run alone now, one after the other");
    }
  }

  private void endQuarantine(long restNanos) {
    suspects = 0;
    quarantineSince = 0;
    noQuarantineBefore = System.nanoTime() + restNanos;
  }

  /** Gives back what was not started. */
  void releaseWaiting() throws StreamUnavailableException {
    List<HeldEvent> released = new ArrayList<>();
    List<Lease> leases = new ArrayList<>();
    for (HeldEvent event : parts.held().waiting()) {
      if (event.release()) {
        released.add(event);
        leases.add(event.lease());
      }
    }
    if (!leases.isEmpty()) {
      parts.stream().release(leases);
      parts.held().removeAll(released);
    }
  }

  void pause() {
    paused = true;
  }

  void resume() {
    paused = false;
  }

  /** Whether the loop has come to its pause: nothing is on its way in. */
  boolean isResting() {
    return paused && resting;
  }

  boolean isPaused() {
    return paused;
  }

  void stop() {
    stopped = true;
  }

  private void sleep(Duration delay) {
    parts.vitals().turned(false);
    long end = System.nanoTime() + delay.toNanos();
    while (!stopped && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(Math.min(PAUSE_NANOS, Math.max(1, end - System.nanoTime())));
      // The loop is alive while it waits for a service.
      parts.vitals().turned(false);
    }
  }
}
