package dev.webhookworker.pipeline;

import dev.webhookworker.IdReuse;
import dev.webhookworker.port.Admission;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.Source;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides by mark and store whether an entry runs, waits or is done (docs/protocol.md,
 * "Admission"). The order of the questions is the protocol; the random simulation guards it.
 */
final class IdempotencyCheck {

  /** An earlier run has stored it, and could not say so to the stream any more. */
  static final Outcome STORED = new Outcome.SettledBefore("it was stored", true);

  private static final Duration WAIT_FOR_OWNER = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final EventStream stream;
  private final @Nullable StoredLookups store;
  private final IdReuse idReuse;

  IdempotencyCheck(EventStream stream, @Nullable EventStore store, IdReuse idReuse) {
    this.stream = stream;
    this.store = store == null ? null : new StoredLookups(store);
    this.idReuse = idReuse;
  }

  /**
   * The outcome that makes a run needless, null when the entry has to run.
   *
   * @param tenantId whose event it is
   */
  @Nullable Outcome check(Admitted admitted, Claim claim, @Nullable String tenantId)
      throws StreamUnavailableException, StoreUnavailableException {
    Outcome byMark = byMark(admitted, claim);
    return byMark == null && admitted.delivery().state().isDeadLetter()
        ? ifStoredMeanwhile(claim, tenantId)
        : byMark;
  }

  private @Nullable Outcome byMark(Admitted admitted, Claim claim)
      throws StreamUnavailableException, StoreUnavailableException {
    Admission admission = Objects.requireNonNull(admitted.admission(), "claimed and not admitted");
    Delivery delivery = admitted.delivery();
    if (admission instanceof Admission.Fresh) {
      return mayBeStored(delivery) ? ifStored(claim) : null;
    }
    if (admission instanceof Admission.DeadAlready) {
      return deadAlready(delivery);
    }
    if (admission instanceof Admission.Own own) {
      return ownMark(own, claim, delivery);
    }
    return othersMark((Admission.Other) admission, claim, delivery);
  }

  /**
   * The sender may have sent a dead letter's event again, so long ago that no mark says so. What
   * was stored by an entry before the dead letter is another event, or it would be none.
   */
  private @Nullable Outcome ifStoredMeanwhile(Claim claim, @Nullable String tenantId)
      throws StoreUnavailableException {
    return store == null
        ? null
        : store
            .storedLater(claim.eventId(), tenantId, claim.entryId())
            .map(Outcome.Duplicate::new)
            .orElse(null);
  }

  /**
   * A retry that is an open dead letter and no longer waits was buried by another worker: nothing
   * must be written, and the lost lease of this one sees to that.
   */
  private static Outcome deadAlready(Delivery delivery) {
    return delivery.lease().source() == Source.STREAM
        ? new Outcome.SettledBefore("it is an open dead letter", false)
        : new Outcome.Snooze(delivery.state(), Duration.ZERO, "it is an open dead letter");
  }

  /** An earlier run may have ended between the store and the stream, or the queue lost its end. */
  private static boolean mayBeStored(Delivery delivery) {
    return delivery.mayBeStored()
        || delivery.unsettledDeliveries() > 0
        || delivery.state().isDeadLetter();
  }

  /** The outcome of an entry whose own event is stored already, null when it is not. */
  @Nullable Outcome storedBefore(Admitted admitted) throws StoreUnavailableException {
    Claim claim = admitted.claim();
    return claim == null ? null : ifStored(claim);
  }

  private @Nullable Outcome ownMark(Admission.Own own, Claim claim, Delivery delivery)
      throws StoreUnavailableException {
    boolean fromStream = delivery.lease().source() == Source.STREAM;
    if (fromStream && own.waitingForRetry()) {
      return new Outcome.SettledBefore("it waits for its retry", false);
    }
    // A retry's own mark is the normal case and says nothing about an earlier success.
    return fromStream || mayBeStored(delivery) ? ifStored(claim) : null;
  }

  private @Nullable Outcome othersMark(Admission.Other other, Claim claim, Delivery delivery)
      throws StreamUnavailableException, StoreUnavailableException {
    if (!other.sameBody() && idReuse == IdReuse.DEAD_LETTER) {
      return new Outcome.Dead(
          DeadReason.ID_REUSED,
          delivery.state(),
          new EventRejectedException(
              "event id was used before by entry "
                  + other.ownerEntryId()
                  + " with another body; give each event its own id, or set"
                  + " WORKER_ID_REUSE=duplicate"));
    }
    if (other.inProgress()) {
      return waitForOwner(other, delivery);
    }
    if (store == null || store.isStored(claim.eventId(), other.ownerEntryId())) {
      return new Outcome.Duplicate(other.ownerEntryId());
    }
    // The owner was lost: neither held by anyone nor stored. Whoever wins the mark runs.
    return stream.takeOver(claim, other.owner()) ? null : waitForOwner(other, delivery);
  }

  private static Outcome waitForOwner(Admission.Other other, Delivery delivery) {
    int doublings = Math.min(delivery.state().snoozes(), 5);
    Duration delay = WAIT_FOR_OWNER.multipliedBy(1L << doublings);
    return new Outcome.Snooze(
        delivery.state().snoozed(),
        delay.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : delay,
        "the same event is in progress as entry " + other.ownerEntryId());
  }

  private @Nullable Outcome ifStored(Claim claim) throws StoreUnavailableException {
    return store != null && store.isStored(claim.eventId(), claim.entryId()) ? STORED : null;
  }
}
