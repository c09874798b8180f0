package dev.webhookworker.dispatch;

import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renews the leases of everything held and ends the runs whose lease has passed to another. */
final class Heartbeat {

  /** What it is refused in an outage, see {@link Outage}. */
  static final String STEP = "renewing leases";

  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  private final EventStream stream;
  private final HeldEvents held;
  private final Outage streamOutage;
  private final Clocks clocks;
  private final Duration interval;

  /**
   * @param interval between two beats while all is well
   */
  Heartbeat(
      EventStream stream, HeldEvents held, Outage streamOutage, Clocks clocks, Duration interval) {
    this.stream = stream;
    this.held = held;
    this.streamOutage = streamOutage;
    this.clocks = clocks;
    this.interval = interval;
  }

  /**
   * Renews once.
   *
   * @return when to do it again: soon after a failure, for the leases are running out
   */
  Duration beat() {
    Map<Lease, HeldEvent> leases = new HashMap<>();
    held.all().forEach(event -> leases.put(event.lease(), event));
    long now = clocks.nanos();
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
      streamOutage.over(STEP);
      return interval;
    } catch (StreamUnavailableException away) {
      Duration soon = streamOutage.failed(STEP, away);
      return soon.compareTo(interval) < 0 ? soon : interval;
    }
  }

  private void lose(HeldEvent event) {
    event.doubtLease();
    if (event.lose()) {
      LOG.atWarn()
          .addKeyValue("entry_id", event.delivery().entryId())
          .log(
              "The lease of entry {} was lost to another worker; its run is cancelled",
              event.delivery().entryId());
      held.removeAll(List.of(event));
    }
  }
}
