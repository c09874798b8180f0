package dev.webhookworker.pipeline;

import dev.webhookworker.WebhookEvent;
import dev.webhookworker.crypto.FieldEncryption;
import dev.webhookworker.foreign.ForeignCode;
import dev.webhookworker.port.Attempt;
import dev.webhookworker.port.AttemptState;
import dev.webhookworker.retry.MaskedFailure;
import dev.webhookworker.retry.Redaction;
import dev.webhookworker.spi.ToolConfig;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps the texts of encrypted fields out of the messages of failures. */
final class OutcomeMasking {

  private static final int DEEPEST_CAUSE = 10;

  private OutcomeMasking() {}

  /** The outcome of a failed run, with its messages masked where the event has encrypted fields. */
  static Outcome masked(
      Outcome outcome, FieldEncryption encryption, WebhookEvent event, ToolConfig tool) {
    if (!encryption.concerns(tool)) {
      return outcome;
    }
    if (outcome instanceof Outcome.Retry retry) {
      Throwable cause = masked(retry.cause(), encryption, event, tool);
      return new Outcome.Retry(masked(retry.state(), cause), retry.delay(), cause);
    }
    if (outcome instanceof Outcome.Dead dead) {
      Throwable cause = masked(dead.cause(), encryption, event, tool);
      return new Outcome.Dead(dead.reason(), masked(dead.state(), cause), cause);
    }
    return outcome;
  }

  /** A message that can't be masked is not kept. */
  private static Throwable masked(
      Throwable cause, FieldEncryption encryption, WebhookEvent event, ToolConfig tool) {
    return ForeignCode.ask(
        encryption,
        new MaskedFailure(cause, "its message could not be masked and is not kept"),
        () -> maskedMessage(cause, encryption, event, tool));
  }

  private static Throwable maskedMessage(
      Throwable cause, FieldEncryption encryption, WebhookEvent event, ToolConfig tool) {
    StringBuilder all = new StringBuilder();
    @Nullable Throwable current = cause;
    for (int depth = 0; current != null && depth < DEEPEST_CAUSE; depth++) {
      all.append(current.getMessage()).append('\n');
      current = current.getCause();
    }
    String said = all.toString();
    if (encryption.mask(tool, event.rawPayload(), said).equals(said)) {
      return cause;
    }
    // Masked before it is shortened: half of a secret is a secret.
    String own = cause.getMessage() == null ? "" : cause.getMessage();
    String masked = Redaction.redact(encryption.mask(tool, event.rawPayload(), own));
    return new MaskedFailure(cause, masked);
  }

  /** The last attempt is the one that has just failed. */
  private static AttemptState masked(AttemptState state, Throwable cause) {
    if (!(cause instanceof MaskedFailure) || state.attempts().isEmpty()) {
      return state;
    }
    List<Attempt> attempts = new ArrayList<>(state.attempts());
    Attempt last = attempts.remove(attempts.size() - 1);
    attempts.add(
        new Attempt(
            last.number(), last.at(), MaskedFailure.classOf(cause), Redaction.messageOf(cause)));
    return new AttemptState(
        state.failures(),
        state.snoozes(),
        state.firstFailureAt(),
        attempts,
        state.completed(),
        state.dlqRetries());
  }
}
