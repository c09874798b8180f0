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
  private final Clocks clocks;
  private final List<HeldEvent> notAdmitted = new ArrayList<>();

  Intake(
      EventStream stream,
      HeldEvents held,
      HandlerThreads threads,
      Claims claims,
      WorkerListener listener,
      Clocks clocks) {
    this.stream = stream;
    this.held = held;
    this.threads = threads;
    this.claims = claims;
    this.listener = listener;
    this.clocks = clocks;
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

  /** Notes that what is not admitted yet is in good hands; see {@link StrayEvents}. */
  void stillHolding() {
    if (!notAdmitted.isEmpty()) {
      long now = clocks.nanos();
      notAdmitted.forEach(event -> event.seen(now));
    }
  }

  /** From now on their leases are kept, and they count as held; they still have to be admitted. */
  void hold(List<Delivery> deliveries) {
    long now = clocks.nanos();
    for (Delivery delivery : deliveries) {
      HeldEvent again = held.get(delivery.entryId());
      if (again != null && again.adopt(delivery, now)) {
        // A lost group brought again what this worker still has: it goes on, or its finished
        // outcome is settled, under the new lease.
        continue;
      }
      HeldEvent event = new HeldEvent(delivery, now, clocks);
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
    threads.submit(admitted);
    notAdmitted.clear();
    admitted.forEach(this::tell);
  }

  private void tell(HeldEvent event) {
    boolean retry = event.lease().source() == Source.RETRY;
    listener.received(ClaimedType.of(event.delivery().fields()), retry);
  }
}
