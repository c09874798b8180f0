package dev.webhookworker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.spi.EventTransformer;
import dev.webhookworker.tool.PayloadPart;
import dev.webhookworker.transform.CloudEventsTransformer;
import dev.webhookworker.transform.CompiledRules;
import dev.webhookworker.transform.JsonataTransformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tries transformation rules on payloads by hand, for command-line tools and tests of one's own
 * rules. Immutable, thread-safe.
 */
public final class TransformTrial {

  private static final List<EventTransformer> ENGINES =
      List.of(new JsonataTransformer(), new CloudEventsTransformer());

  private final @Nullable CompiledRules rules;
  private final EventTransformer.@Nullable Compiled engine;
  private final @Nullable PayloadPart part;
  private final String toolId;

  private TransformTrial(
      @Nullable CompiledRules rules,
      EventTransformer.@Nullable Compiled engine,
      @Nullable PayloadPart part,
      String toolId) {
    this.rules = rules;
    this.engine = engine;
    this.part = part;
    this.toolId = toolId;
  }

  /**
   * A trial of these {@code transform_rules}.
   *
   * @throws NonRetryableException naming everything that is wrong with them
   */
  public static TransformTrial of(JsonNode rules) {
    for (EventTransformer one : ENGINES) {
      if (one.supports(rules)) {
        return new TransformTrial(null, one.compile(rules), null, "");
      }
    }
    return new TransformTrial(CompiledRules.compile(rules), null, null, "");
  }

  /**
   * The same rules on a part of each payload.
   *
   * @param payloadPath as a tool's {@code payload_path}
   * @param ofTool names the tool in the error of an event that lacks the part
   * @throws IllegalArgumentException when that is no path
   */
  public TransformTrial onPart(String payloadPath, String ofTool) {
    return new TransformTrial(rules, engine, PayloadPart.at(payloadPath), ofTool);
  }

  /** What the rules make of an event, with each step; a rule's failure is part of the result. */
  public Result run(WebhookEvent received) {
    List<Step> steps = new ArrayList<>();
    try {
      WebhookEvent event = part == null ? received : part.select(received, toolId);
      JsonNode payload = event.payload();
      JsonNode result =
          rules == null
              ? engine(event)
              : rules.apply(
                  payload,
                  (target, value) ->
                      steps.add(
                          new Step(
                              target,
                              value.isMissingNode() ? Optional.empty() : Optional.of(value))));
      return new Result(steps, Optional.of(result), Optional.empty());
    } catch (NonRetryableException failed) {
      return new Result(steps, Optional.empty(), Optional.of(String.valueOf(failed.getMessage())));
    }
  }

  private JsonNode engine(WebhookEvent event) {
    if (engine == null) {
      throw new IllegalStateException("a trial has rules or an engine");
    }
    return engine.transform(event).payload();
  }

  /**
   * What would change for these events with other rules, in their order; those of which nothing
   * would change are left out.
   */
  public List<Difference> whatIf(TransformTrial other, Iterable<WebhookEvent> events) {
    List<Difference> differences = new ArrayList<>();
    for (WebhookEvent event : events) {
      Result now = run(event);
      Result then = other.run(event);
      if (!now.payload().equals(then.payload()) || !now.error().equals(then.error())) {
        differences.add(new Difference(event.eventId(), now, then));
      }
    }
    return differences;
  }

  /**
   * What one target became.
   *
   * @param value empty when the target was left out
   */
  public record Step(String target, Optional<JsonNode> value) {}

  /**
   * @param steps in the order of the rules, up to the one that failed; none for JSONata and
   *     CloudEvents, which are one step
   * @param payload empty when a rule failed
   * @param error what the event's dead letter would say; empty when all went well
   */
  public record Result(List<Step> steps, Optional<JsonNode> payload, Optional<String> error) {

    public Result {
      steps = List.copyOf(steps);
    }
  }

  /** An event that the other rules treat differently. */
  public record Difference(String eventId, Result now, Result then) {}
}
