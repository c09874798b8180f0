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
    admitAll();
  }

  /** Tries again what an outage left between receiving and admission. */
  void admitAll() throws StreamUnavailableException {
    if (notAdmitted.isEmpty()) {
      return;
    }
    notAdmitted.removeIf(event -> !event.isWaiting());
    List<HeldEvent> claiming = new ArrayList<>(notAdmitted.size());
    List<Delivery> deliveries = new ArrayList<>(notAdmitted.size());
    List<Claim> wanted = new ArrayList<>(notAdmitted.size());
    for (HeldEvent event : notAdmitted) {
      Claim claim = claims.of(event.delivery());
      if (claim != null) {
        claiming.add(event);
        deliveries.add(event.delivery());
        wanted.add(claim);
      }
    }
    List<Admission> answers = stream.admit(deliveries, wanted);
    for (int i = 0; i < answers.size(); i++) {
      HeldEvent event = claiming.get(i);
      event.admitted(new Admitted(event.delivery(), wanted.get(i), answers.get(i)));
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
