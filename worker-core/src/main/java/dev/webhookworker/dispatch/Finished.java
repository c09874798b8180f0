package dev.webhookworker.dispatch;

import dev.webhookworker.foreign.ForeignCode;
import dev.webhookworker.pipeline.Conclusion;
import dev.webhookworker.pipeline.DeadReason;
import dev.webhookworker.pipeline.Outcome;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An event whose run is over, on its way to the settler. */
record Finished(HeldEvent held, Conclusion conclusion) {

  /** The same event as a dead letter. */
  Finished dead(DeadReason reason, Throwable cause) {
    return with(new Outcome.Dead(reason, held.delivery().state(), ForeignCode.readable(cause)));
  }

  /** The same event put off without using up an attempt. */
  Finished putOff(Duration delay, String why) {
    return with(new Outcome.Snooze(held.delivery().state(), delay, why));
  }

  /** An outcome is itself: comparing what it holds would read whole payloads. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  private Finished with(Outcome outcome) {
    return new Finished(held, conclusion.withOutcome(outcome));
  }
}
