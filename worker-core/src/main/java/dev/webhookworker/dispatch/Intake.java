package dev.webhookworker.dispatch;

import dev.webhookworker.pipeline.Admitted;
import dev.webhookworker.pipeline.Claims;
import dev.webhookworker.port.Admission;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.Source;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.spi.WorkerListener;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes deliveries in: holds them, so that their leases are kept, claims their idempotency marks
 * and queues them for the handlers. What could not be admitted for now is kept and tried again. For
 * the fetch thread.
 */
final class Intake {

  private final EventStream stream;
  private final HeldEvents held;
  private final HandlerThreads threads;
  private final Claims claims;
  private final WorkerListener listener;
  private final Clock clock;
  private final List<HeldEvent> notAdmitted = new ArrayList<>();

  Intake(
      EventStream stream,
      HeldEvents held,
      HandlerThreads threads,
      Claims claims,
      WorkerListener listener,
      Clock clock) {
    this.stream = stream;
    this.held = held;
    this.threads = threads;
    this.claims = claims;
    this.listener = listener;
    this.clock = clock;
  }

  void accept(List<Delivery> deliveries) throws StreamUnavailableException {
    hold(deliveries);
    admitAll();
  }

  /**
   * Admits what is held and holds what is read meanwhile; {@link #admitWithRest} ends a row of such
   * rounds.
   *
   * @return how many entries the read brought
   */
  int admitAndRead(int max) throws StreamUnavailableException {
    EventStream.AdmittedAndRead both = stream.admitAndRead(max, this::claim);
    submit(both.claimed(), both.admissions());
    hold(both.next());
    return both.next().size();
  }

  /** Holds what is still on its way and admits everything. */
  void admitWithRest() throws StreamUnavailableException {
    accept(stream.readSentAhead());
  }

  /** Admits what is held and is not admitted; an outage may have left some. */
  void admitAll() throws StreamUnavailableException {
    if (!notAdmitted.isEmpty()) {
      EventStream.Claimed claimed = claim();
      submit(claimed, stream.admit(claimed.deliveries(), claimed.claims()));
    }
  }

  /** From now on their leases are kept, and they count as held; they still have to be admitted. */
  void hold(List<Delivery> deliveries) {
    long now = System.nanoTime();
    for (Delivery delivery : deliveries) {
      HeldEvent again = held.get(delivery.entryId());
      if (again != null && (again.isWaiting() || again.isRunning())) {
        // A lost group brought again what this worker still has: it goes on under the new lease.
        again.adopt(delivery, now);
        continue;
      }
      HeldEvent event = new HeldEvent(delivery, now, clock);
      held.add(event);
      notAdmitted.add(event);
    }
  }

  /**
   * The claims of what is not admitted, without those that can have none: the decoder ends them.
   */
  private EventStream.Claimed claim() {
    notAdmitted.removeIf(event -> !event.isWaiting());
    List<Delivery> deliveries = new ArrayList<>(notAdmitted.size());
    List<Claim> made = new ArrayList<>(notAdmitted.size());
    for (HeldEvent event : notAdmitted) {
      Claim claim = claims.of(event.delivery());
      if (claim != null) {
        deliveries.add(event.delivery());
        made.add(claim);
      }
    }
    return new EventStream.Claimed(deliveries, made);
  }

  private void submit(EventStream.Claimed claimed, List<Admission> answers) {
    int next = 0;
    for (HeldEvent event : notAdmitted) {
      Delivery delivery = event.delivery();
      Claim claim = next < answers.size() ? claimed.claims().get(next) : null;
      if (claim != null && claim.entryId().equals(delivery.entryId())) {
        event.admitted(new Admitted(delivery, claim, answers.get(next)));
        next++;
      }
    }
    List<HeldEvent> admitted = List.copyOf(notAdmitted);
    notAdmitted.clear();
    threads.submit(admitted);
    admitted.forEach(this::tell);
  }

  private void tell(HeldEvent event) {
    boolean retry = event.lease().source() == Source.RETRY;
    listener.received(ClaimedType.of(event.delivery().fields()), retry);
  }
}
