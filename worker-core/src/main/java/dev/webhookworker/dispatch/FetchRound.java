package dev.webhookworker.dispatch;

import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.DueRetries;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.Recovered;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.spi.WorkerListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One turn of the fetch loop: what is owed, suspects, what others abandoned, retries that are due,
 * new events; never more than there is room for. For the fetch thread.
 */
final class FetchRound {

  /** What the loop is refused when its turn fails, see {@link Outage}. */
  static final String STEP = "fetching";

  private static final Logger LOG = LoggerFactory.getLogger(FetchRound.class);
  private static final Duration RECOVERY_INTERVAL = Duration.ofSeconds(1);
  private static final Duration WAKING = Duration.ofMillis(5);
  private static final Duration REST = Duration.ofMillis(50);
  private static final Duration NO_ROOM = Duration.ofMillis(1);

  /** What the loop works with; {@code store} is null when events are not stored. */
  record Parts(
      EventStream stream,
      @Nullable EventStore store,
      HeldEvents held,
      HandlerThreads threads,
      Intake intake,
      Prefetch prefetch,
      Releases releases,
      ParkedEvents parked,
      Quarantine quarantine,
      Outage streamOutage,
      Outage storeOutage,
      Vitals vitals,
      WorkerListener listener) {}

  /**
   * How it paces itself.
   *
   * @param block longest wait of a read
   * @param waitingInLine whether events wait for others, so that retries may become due at any
   *     moment
   */
  record Pacing(Duration block, BooleanSupplier waitingInLine, Waiter waiter, Clocks clocks) {}

  private final Parts parts;
  private final Pacing pacing;
  private final RestSwitch rest;
  private final Due recovery;
  private final Due retries;

  private volatile boolean stopped;

  // Mutable state of the loop's own thread.
  private boolean storeOpen;
  private boolean streamOpen;
  private boolean firstOpen = true;
  private boolean backlog;

  FetchRound(Parts parts, Pacing pacing, RestSwitch rest) {
    this.parts = parts;
    this.pacing = pacing;
    this.rest = rest;
    recovery = new Due(pacing.clocks());
    retries = new Due(pacing.clocks());
  }

  /**
   * Takes one turn.
   *
   * @return how long to wait before the next one
   */
  Duration turn()
      throws StreamUnavailableException, StoreUnavailableException, InterruptedException {
    parts.intake().stillHolding();
    if (!rest.begin()) {
      return resting();
    }
    openStore();
    openStream();
    if (parts.storeOutage().isOn()) {
      return resting();
    }
    parts.vitals().turned(true);
    parts.releases().finish();
    parts.intake().admitAll();
    Optional<Duration> withSuspects = parts.quarantine().step();
    if (withSuspects.isPresent()) {
      return withSuspects.get();
    }
    recoverAbandoned();
    if (room() > 0 && parts.parked().wake()) {
      retries.now();
    }
    takeDueRetries();
    Duration wait = takeNew();
    // Everything that a turn may be refused was done.
    parts.streamOutage().over(STEP);
    return wait;
  }

  private Duration resting() {
    parts.vitals().turned(false);
    return REST;
  }

  private void openStore() throws StoreUnavailableException {
    EventStore store = parts.store();
    if (storeOpen || store == null) {
      return;
    }
    store.open();
    store.warnings().forEach(warning -> LOG.atWarn().log("{}", warning));
    storeOpen = true;
    parts.storeOutage().over(STEP);
  }

  private void openStream() throws StreamUnavailableException {
    if (streamOpen) {
      if (parts.streamOutage().isOn()) {
        // The reply that the outage swallowed may have brought entries that nobody knows of.
        take(parts.stream().readOwnPending(parts.held().entryIds(), false));
      }
      return;
    }
    parts.stream().open();
    streamOpen = true;
    if (!firstOpen) {
      // The group was lost: another worker may have been given what is held here.
      parts.held().all().forEach(HeldEvent::doubtLease);
    }
    if (firstOpen) {
      parts.stream().warnings().forEach(warning -> LOG.atWarn().log("{}", warning));
    }
    take(parts.stream().readOwnPending(parts.held().entryIds(), firstOpen));
    LOG.atInfo()
        .addKeyValue("consumer", parts.stream().consumerName())
        .log(
            firstOpen ? "Consuming as {}" : "Consuming again as {}", parts.stream().consumerName());
    firstOpen = false;
  }

  /** The turn failed: where the group is gone, the next one makes it again. */
  void lostStream(StreamUnavailableException away) {
    streamOpen &= !away.groupMissing();
    parts.vitals().turned(false);
  }

  private void recoverAbandoned() throws StreamUnavailableException {
    int room = room();
    if (!recovery.isDue() || room == 0) {
      return;
    }
    int most = Math.min(room, parts.prefetch().batch());
    Recovered recovered = parts.stream().recover(most);
    parts.quarantine().found(recovered.suspects());
    // There may be more when as many came as could: those come before new events.
    if (recovered.deliveries().size() < most) {
      recovery.in(RECOVERY_INTERVAL);
    }
    take(recovered);
  }

  private void take(Recovered recovered) throws StreamUnavailableException {
    if (!recovered.vanished().isEmpty()) {
      LOG.atError()
          .addKeyValue("entries", recovered.vanished().size())
          .addKeyValue("first", recovered.vanished().get(0))
          .log(
              "{} pending entries are gone, the first is {}: somebody else trimmed or deleted them"
                  + " before they were processed. Let only the worker trim the stream",
              recovered.vanished().size(),
              recovered.vanished().get(0));
      parts.listener().vanished(recovered.vanished().size());
    }
    if (!recovered.deliveries().isEmpty()) {
      LOG.atInfo()
          .addKeyValue("entries", recovered.deliveries().size())
          .log("Took over {} entries that a worker had left", recovered.deliveries().size());
      parts.listener().reclaimed(recovered.deliveries().size());
      parts.intake().accept(recovered.deliveries());
    }
  }

  private void takeDueRetries() throws StreamUnavailableException {
    int room = room();
    if (!retries.isDue() || room == 0) {
      return;
    }
    DueRetries due = parts.stream().takeDueRetries(Math.min(room, parts.prefetch().batch()));
    parts.quarantine().foundToo(due.suspects());
    // Others may schedule sooner ones: look again after one blocking read at the latest.
    Duration latest =
        pacing.waitingInLine().getAsBoolean() ? shorter(WAKING, pacing.block()) : pacing.block();
    retries.in(shorter(due.untilNext(), latest));
    parts.intake().accept(due.deliveries());
  }

  private Duration takeNew() throws StreamUnavailableException, InterruptedException {
    int capacity = parts.prefetch().capacity();
    int batch = backlog ? parts.prefetch().batchOfBacklog() : parts.prefetch().batch();
    int wanted = parts.threads().waiting() == 0 ? 1 : Math.min(batch, (capacity + 1) / 2);
    if (!pacing.waiter().untilHeldAtMost(parts.held(), Math.max(0, capacity - wanted), REST)) {
      return Duration.ZERO;
    }
    int room = room();
    if (room == 0) {
      return NO_ROOM;
    }
    List<Delivery> taken = parts.stream().read(Math.min(room, batch), waitOfRead());
    parts.intake().hold(taken);
    backlog = taken.size() >= parts.prefetch().batch();
    readAheadWhileBacklog();
    parts.intake().admitWithRest();
    return Duration.ZERO;
  }

  private Duration waitOfRead() {
    if (parts.streamOutage().isOn()) {
      // The end of the outage is not to be told later than it is.
      return Duration.ZERO;
    }
    Duration upkeep = shorter(recovery.left(), parts.parked().untilDue());
    Duration longest = shorter(pacing.block(), shorter(retries.left(), upkeep));
    return pacing.waiter().ofRead(longest);
  }

  /** Under a backlog the stream works on the next read while this batch is admitted. */
  private void readAheadWhileBacklog() throws StreamUnavailableException {
    int onTheirWay = 0;
    while (backlog && nothingElseIsDue()) {
      // The first round sends two reads, each later one sends one.
      int reads = onTheirWay == 0 ? 2 : 1;
      int ahead = parts.prefetch().batchAhead();
      int most = Math.min((room() - onTheirWay) / reads, ahead);
      int full = Math.min(ahead, parts.prefetch().batch());
      if (most < full) {
        return;
      }
      int brought = parts.intake().admitAndRead(most);
      onTheirWay = most;
      backlog = brought >= full;
      parts.vitals().turned(true);
    }
  }

  private boolean nothingElseIsDue() {
    return !retries.isDue()
        && !recovery.isDue()
        && !parts.parked().isDue()
        && !stopped
        && !rest.isPaused()
        && !parts.storeOutage().isOn();
  }

  private int room() {
    if (parts.held().bytes() >= parts.prefetch().maxBytes()) {
      return 0;
    }
    return Math.max(0, parts.prefetch().capacity() - parts.held().size());
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  void stop() {
    stopped = true;
  }
}
