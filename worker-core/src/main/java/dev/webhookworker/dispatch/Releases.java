package dev.webhookworker.dispatch;

import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.Settlement;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Gives back what was not started. An event whose release the stream has not confirmed stays held,
 * in a phase that says so, and is released again at the next turn. What the stream has lost waits
 * as a retry that is due: the copy that is held is the last one. For the fetch thread, and after
 * its end for the one that closes.
 */
final class Releases {

  private final HeldEvents held;
  private final EventStream stream;
  private boolean owed;

  Releases(HeldEvents held, EventStream stream) {
    this.held = held;
    this.stream = stream;
  }

  /** Releases everything that waits. */
  void releaseWaiting() throws StreamUnavailableException {
    held.waiting().forEach(HeldEvent::release);
    owed = true;
    finish();
  }

  /** Releases what an outage has left in the middle of it. */
  void finish() throws StreamUnavailableException {
    if (!owed) {
      return;
    }
    List<HeldEvent> releasing = new ArrayList<>();
    List<Lease> leases = new ArrayList<>();
    for (HeldEvent event : held.all()) {
      if (event.phase() == HeldEvent.Phase.RELEASING) {
        releasing.add(event);
        leases.add(event.lease());
      }
    }
    if (!leases.isEmpty()) {
      Set<Lease> nobodys = stream.release(leases);
      if (!nobodys.isEmpty()) {
        stream.settle(
            releasing.stream()
                .filter(event -> nobodys.contains(event.lease()))
                .map(event -> lastCopy(event.delivery()))
                .toList());
      }
      held.removeAll(releasing);
    }
    owed = false;
  }

  private static Settlement lastCopy(Delivery delivery) {
    return new Settlement.Reschedule(
        delivery.lease(),
        delivery.fields(),
        delivery.state(),
        Duration.ZERO,
        delivery.unsettledDeliveries(),
        true,
        null);
  }
}
