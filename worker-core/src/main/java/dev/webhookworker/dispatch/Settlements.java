package dev.webhookworker.dispatch;

import dev.webhookworker.WebhookEvent;
import dev.webhookworker.crypto.DeadLetterEncryption;
import dev.webhookworker.crypto.FieldEncryption;
import dev.webhookworker.pipeline.Conclusion;
import dev.webhookworker.pipeline.DeadReason;
import dev.webhookworker.pipeline.Note;
import dev.webhookworker.pipeline.Outcome;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.DeadLetterRecord;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.EncryptionContext;
import dev.webhookworker.port.EntryIds;
import dev.webhookworker.port.Settlement;
import dev.webhookworker.retry.CauseDigest;
import dev.webhookworker.retry.MaskedFailure;
import dev.webhookworker.retry.Redaction;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Translates an outcome into the settlement that makes it durable and the line of its story. */
public final class Settlements {

  private final Supplier<String> workerName;
  private final Clock clock;
  private final DeadLetterEncryption encryption;
  private final boolean storing;

  /**
   * @param workerName the consumer name, known once the stream is open
   * @param storing whether events are stored: what was processed is in the store before it is
   *     settled here
   */
  public Settlements(
      Supplier<String> workerName, Clock clock, FieldEncryption encryption, boolean storing) {
    this.workerName = workerName;
    this.storing = storing;
    this.clock = clock;
    this.encryption = new DeadLetterEncryption(encryption);
  }

  /** How this outcome is settled with the stream; empty when there is nothing to settle. */
  public Optional<Settlement> settlement(
      Delivery delivery, @Nullable Claim claim, Conclusion conclusion) {
    Outcome outcome = conclusion.outcome();
    if (outcome instanceof Outcome.Retry retry) {
      return Optional.of(afterRun(delivery, claim, retry));
    }
    if (outcome instanceof Outcome.Snooze snooze) {
      return Optional.of(putOff(delivery, claim, snooze));
    }
    if (outcome instanceof Outcome.Dead dead) {
      return Optional.of(bury(delivery, claim, dead, conclusion));
    }
    if (outcome instanceof Outcome.Release) {
      return Optional.empty();
    }
    if (outcome instanceof Outcome.SettledBefore before && !before.stored()) {
      return Optional.of(new Settlement.AcknowledgeCopy(delivery.lease()));
    }
    return Optional.of(new Settlement.Acknowledge(delivery.lease(), isStored(outcome), claim));
  }

  private boolean isStored(Outcome outcome) {
    if (outcome instanceof Outcome.SettledBefore before) {
      return before.stored();
    }
    return outcome instanceof Outcome.Stale
        ? storing
        : outcome instanceof Outcome.Processed processed && (storing || processed.stored());
  }

  /** The run came to its own end: what happened to earlier ones is no longer held against it. */
  private static Settlement afterRun(
      Delivery delivery, @Nullable Claim claim, Outcome.Retry retry) {
    return new Settlement.Reschedule(
        delivery.lease(), delivery.fields(), retry.state(), retry.delay(), 0, false, claim);
  }

  /** Nothing was learned of the event: its unclean ends count on, and its doubts remain. */
  private static Settlement putOff(
      Delivery delivery, @Nullable Claim claim, Outcome.Snooze snooze) {
    return new Settlement.Reschedule(
        delivery.lease(),
        delivery.fields(),
        snooze.state(),
        snooze.delay(),
        delivery.unsettledDeliveries(),
        delivery.mayBeStored(),
        claim,
        snooze.parkedAt());
  }

  private Settlement bury(
      Delivery delivery, @Nullable Claim claim, Outcome.Dead dead, Conclusion conclusion) {
    WebhookEvent event = conclusion.event();
    ClaimedOrigin claimed = ClaimedOrigin.of(delivery.fields());
    DeadReason reason = dead.reason();
    // An id that was reused has no mark of its own: the first event's mark stays.
    Claim ownMark = reason == DeadReason.ID_REUSED ? null : claim;
    String tenantId = event == null ? claimed.tenantId() : event.tenantId();
    EncryptionContext context =
        EncryptionContext.ofDeadLetter(
            tenantId,
            delivery.entryId(),
            Objects.requireNonNullElse(delivery.fields().text("event_id"), ""));
    return new Settlement.Bury(
        delivery.lease(),
        encryption.encrypt(context, delivery.fields(), event != null),
        new DeadLetterRecord(
            reason.code(),
            MaskedFailure.classOf(dead.cause()),
            Redaction.messageOf(dead.cause()),
            CauseDigest.of(dead.cause()),
            reason.retryable(),
            dead.state().failures(),
            dead.state().attempts(),
            EntryIds.time(delivery.entryId()),
            clock.instant(),
            workerName.get(),
            conclusion.toolId() == null ? claimed.toolId() : conclusion.toolId(),
            tenantId,
            dead.state().completed(),
            dead.state().dlqRetries(),
            delivery.fencingToken()),
        ownMark);
  }

  /** The lines for the audit log; a success's own line is written with its row. */
  public List<AuditEntry> audit(Delivery delivery, Conclusion conclusion) {
    List<AuditEntry> lines = new ArrayList<>();
    int attempt = delivery.state().failures() + 1;
    for (Note note : conclusion.notes()) {
      lines.add(line(delivery, conclusion, note.action(), attempt, note.text()));
    }
    Outcome outcome = conclusion.outcome();
    if (outcome instanceof Outcome.Retry retry) {
      lines.add(
          line(
              delivery,
              conclusion,
              "retry_scheduled",
              retry.state().failures(),
              "in " + retry.delay() + ": " + Redaction.messageOf(retry.cause())));
    } else if (outcome instanceof Outcome.Dead dead) {
      lines.add(
          line(
              delivery,
              conclusion,
              "dead_letter",
              dead.state().failures(),
              dead.reason().code() + ": " + Redaction.messageOf(dead.cause())));
    } else if (outcome instanceof Outcome.Stale) {
      lines.add(
          line(
              delivery,
              conclusion,
              "stale",
              0,
              "not processed: a newer version of its resource is done (order_guard)"));
    } else if (outcome instanceof Outcome.Duplicate duplicate) {
      lines.add(line(delivery, conclusion, "duplicate", 0, "of entry " + duplicate.ownerEntryId()));
    }
    return lines;
  }

  private AuditEntry line(
      Delivery delivery, Conclusion conclusion, String action, int attempt, String detail) {
    WebhookEvent event = conclusion.event();
    return new AuditEntry(
        delivery.entryId(),
        event == null ? ClaimedOrigin.of(delivery.fields()).eventId() : event.eventId(),
        action,
        clock.instant(),
        attempt,
        workerName.get(),
        detail);
  }
}
