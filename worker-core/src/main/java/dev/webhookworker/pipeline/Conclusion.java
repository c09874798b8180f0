package dev.webhookworker.pipeline;

import dev.webhookworker.WebhookEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An outcome and what is known of its event.
 *
 * @param event null when the entry was not decoded
 * @param toolId null when the tool was not asked for
 * @param notes what the run did beside that
 */
public record Conclusion(
    @Nullable WebhookEvent event, @Nullable String toolId, Outcome outcome, List<Note> notes) {

  public Conclusion {
    notes = List.copyOf(notes);
  }

  public Conclusion(@Nullable WebhookEvent event, @Nullable String toolId, Outcome outcome) {
    this(event, toolId, outcome, List.of());
  }

  /** The same with another outcome. */
  public Conclusion withOutcome(Outcome other) {
    return new Conclusion(event, toolId, other, notes);
  }

  static Conclusion of(@Nullable WebhookEvent event, Outcome outcome) {
    return new Conclusion(event, null, outcome);
  }
}
