package dev.webhookworker.dispatch;

import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.StreamUnavailableException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renews the leases of everything held and ends the runs whose lease has passed to another. */
final class Heartbeat implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  private final EventStream stream;
  private final HeldEvents held;
  private final Outage streamOutage;

  Heartbeat(EventStream stream, HeldEvents held, Outage streamOutage) {
    this.stream = stream;
    this.held = held;
    this.streamOutage = streamOutage;
  }

  @Override
  public void run() {
    Map<Lease, HeldEvent> leases = new HashMap<>();
    held.all().forEach(event -> leases.put(event.lease(), event));
    long now = System.nanoTime();
    try {
      Set<Lease> lost = stream.renew(leases.keySet());
      leases.forEach(
          (lease, event) -> {
            if (!lost.contains(lease)) {
              event.renewed(now);
            } else if (event.lease().equals(lease)) {
              lose(event);
            }
          });
    } catch (StreamUnavailableException away) {
      streamOutage.failed(away);
    }
  }

  private void lose(HeldEvent event) {
    event.doubtLease();
    if (event.lose()) {
      LOG.atWarn()
          .addKeyValue("entry_id", event.delivery().entryId())
          .log("A lease was lost to another worker; its run is cancelled");
      held.removeAll(List.of(event));
    }
  }
}
