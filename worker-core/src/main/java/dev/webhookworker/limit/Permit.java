package dev.webhookworker.limit;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What one run takes of its tool's limits. It is given back once: by whoever ran it, or before that
 * by whoever gave the run up, so that a handler that hangs keeps no place.
 */
public final class Permit {

  /** Of a run without limits. */
  public static final Permit UNLIMITED = new Permit(null, null, null, 0);

  private final @Nullable Seats seats;
  private final @Nullable Seats share;
  private final @Nullable Circuit circuit;
  private final long sinceNanos;
  private final AtomicBoolean left = new AtomicBoolean();

  /**
   * @param seats of its tool
   * @param share of a number of tools together
   */
  Permit(@Nullable Seats seats, @Nullable Seats share, @Nullable Circuit circuit, long sinceNanos) {
    this.seats = seats;
    this.share = share;
    this.circuit = circuit;
    this.sinceNanos = sinceNanos;
  }

  /** The run has ended, or is not waited for any more. Later calls do nothing. */
  public void leave(Ending ending) {
    if (left.getAndSet(true)) {
      return;
    }
    if (circuit != null) {
      circuit.ended(ending);
    }
    long stay = System.nanoTime() - sinceNanos;
    if (seats != null) {
      seats.leave(stay);
    }
    if (share != null) {
      share.leave(stay);
    }
  }
}
