package dev.webhookworker.limit;

import org.jspecify.annotations.Nullable;

/** What one run takes of its tool's limits; given back once, by whoever ran it. */
public final class Permit {

  /** Of a run without limits. */
  public static final Permit UNLIMITED = new Permit(null, null, 0);

  private final @Nullable Seats seats;
  private final @Nullable Circuit circuit;
  private final long sinceNanos;

  Permit(@Nullable Seats seats, @Nullable Circuit circuit, long sinceNanos) {
    this.seats = seats;
    this.circuit = circuit;
    this.sinceNanos = sinceNanos;
  }

  /** The run has ended and occupies no thread any more. */
  public void leave(Ending ending) {
    if (circuit != null) {
      circuit.ended(ending);
    }
    if (seats != null) {
      seats.leave(System.nanoTime() - sinceNanos);
    }
  }
}
