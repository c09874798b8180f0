package dev.webhookworker.spi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.webhookworker.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of one tool: a sender of webhooks with its own rules.
 *
 * @param id what an event's {@code metadata.tool_id} names
 * @param name for people
 * @param provider e.g. {@code github}, empty when unknown
 * @param tenantId null when the tool belongs to no tenant
 * @param active whether events of this tool are processed at all
 * @param defaultMode how {@code GenericProcessor} handles its events
 * @param events rules for event types, the most specific pattern counts
 * @param retryPolicy null for the worker's
 * @param timeout null for the worker's
 * @param webhookConfig the whole configuration as given; null when there is none
 */
public record ToolConfig(
    String id,
    String name,
    String provider,
    @Nullable String tenantId,
    boolean active,
    ProcessingMode defaultMode,
    List<EventRule> events,
    @Nullable RetryPolicy retryPolicy,
    @Nullable Duration timeout,
    @Nullable JsonNode webhookConfig) {

  /** The id of the tool of events that name none. */
  public static final String DEFAULT_ID = "default";

  /** The tool of events that name none: stores them. */
  public static final ToolConfig DEFAULT = of(DEFAULT_ID, ProcessingMode.STORE_ONLY);

  public ToolConfig {
    events = List.copyOf(events);
  }

  /** An active tool without special rules. */
  public static ToolConfig of(String id, ProcessingMode mode) {
    return new ToolConfig(id, id, "", null, true, mode, List.of(), null, null, null);
  }

  /** The rule for an event type: the exact one, else the longest family, else {@code *}. */
  public Optional<EventRule> ruleFor(String eventType) {
    return events.stream()
        .filter(rule -> EventTypes.matches(rule.eventType(), eventType))
        .max(
            (one, other) -> {
              boolean oneExact = one.eventType().equals(eventType);
              boolean otherExact = other.eventType().equals(eventType);
              return oneExact != otherExact
                  ? Boolean.compare(oneExact, otherExact)
                  : Integer.compare(one.eventType().length(), other.eventType().length());
            });
  }

  /** JSON Pointers of the payload's fields that are stored encrypted; see docs/security.md. */
  public List<String> encryptFields() {
    if (webhookConfig == null || !webhookConfig.has("encrypt_fields")) {
      return List.of();
    }
    List<String> pointers = new java.util.ArrayList<>();
    webhookConfig.get("encrypt_fields").forEach(pointer -> pointers.add(pointer.asText()));
    return pointers;
  }

  /** Where events are forwarded to, as given; a missing node when there is none. */
  public JsonNode destinations() {
    return webhookConfig == null ? MissingNode.getInstance() : webhookConfig.path("destinations");
  }

  /** How an event of that type is handled when no processor supports it. */
  public ProcessingMode modeFor(String eventType) {
    return ruleFor(eventType).map(EventRule::mode).orElse(defaultMode);
  }

  /**
   * What holds for one pattern of event types.
   *
   * @param eventType pattern: exact, {@code family.*} or {@code *}
   * @param mode null for the tool's default
   * @param transformRules null when the payload is not transformed
   */
  public record EventRule(
      String eventType, @Nullable ProcessingMode mode, @Nullable JsonNode transformRules) {}
}
