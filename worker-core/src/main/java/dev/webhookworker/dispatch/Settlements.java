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
import dev.webhookworker.port.EntryIds;
import dev.webhookworker.port.Settlement;
import dev.webhookworker.retry.CauseDigest;
import dev.webhookworker.retry.MaskedFailure;
import dev.webhookworker.retry.Redaction;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Translates an outcome into the settlement that makes it durable and the line of its story. */
public final class Settlements {

  private final Supplier<String> workerName;
  private final Clock clock;
  private final DeadLetterEncryption encryption;

  /**
   * @param workerName the consumer name, known once the stream is open
   */
  public Settlements(Supplier<String> workerName, Clock clock, FieldEncryption encryption) {
    this.workerName = workerName;
    this.clock = clock;
    this.encryption = new DeadLetterEncryption(encryption);
  }

  /** How this outcome is settled with the stream; empty when there is nothing to settle. */
  public Optional<Settlement> settlement(
      Delivery delivery, @Nullable Claim claim, Conclusion conclusion) {
    Outcome outcome = conclusion.outcome();
    if (outcome instanceof Outcome.Retry retry) {
      return Optional.of(reschedule(delivery, claim, retry.state(), retry.delay()));
    }
    if (outcome instanceof Outcome.Snooze snooze) {
      return Optional.of(reschedule(delivery, claim, snooze.state(), snooze.delay()));
    }
    if (outcome instanceof Outcome.Dead dead) {
      return Optional.of(bury(delivery, claim, dead, conclusion));
    }
    if (outcome instanceof Outcome.Release) {
      return Optional.empty();
    }
    return Optional.of(new Settlement.Acknowledge(delivery.lease()));
  }

  private static Settlement reschedule(
      Delivery delivery,
      @Nullable Claim claim,
      dev.webhookworker.port.AttemptState state,
      Duration delay) {
    return new Settlement.Reschedule(
        delivery.lease(), delivery.fields(), state, delay, delivery.fencingToken(), claim);
  }

  private Settlement bury(
      Delivery delivery, @Nullable Claim claim, Outcome.Dead dead, Conclusion conclusion) {
    WebhookEvent event = conclusion.event();
    DeadReason reason = dead.reason();
    // An id that was reused has no mark of its own: the first event's mark stays.
    Claim ownMark = reason == DeadReason.ID_REUSED ? null : claim;
    return new Settlement.Bury(
        delivery.lease(),
        encryption.encrypt(delivery.fields(), event != null),
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
            conclusion.toolId(),
            event == null ? null : event.tenantId(),
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
        event == null ? "" : event.eventId(),
        action,
        clock.instant(),
        attempt,
        workerName.get(),
        detail);
  }
}
