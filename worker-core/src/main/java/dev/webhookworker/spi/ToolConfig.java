package dev.webhookworker.spi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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
 * @param limits how many of its events run
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
    ToolLimits limits,
    @Nullable JsonNode webhookConfig) {

  /** The id of the tool of events that name none. */
  public static final String DEFAULT_ID = "default";

  /** The tool of events that name none: stores them. */
  public static final ToolConfig DEFAULT = of(DEFAULT_ID, ProcessingMode.STORE_ONLY);

  public ToolConfig {
    events = List.copyOf(events);
  }

  /** A tool without limits. */
  public ToolConfig(
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
    this(
        id,
        name,
        provider,
        tenantId,
        active,
        defaultMode,
        events,
        retryPolicy,
        timeout,
        ToolLimits.NONE,
        webhookConfig);
  }

  /** An active tool without special rules. */
  public static ToolConfig of(String id, ProcessingMode mode) {
    return new ToolConfig(id, id, "", null, true, mode, List.of(), null, null, null);
  }

  /** The same tool under another id. */
  public ToolConfig withId(String other) {
    return new ToolConfig(
        other,
        name,
        provider,
        tenantId,
        active,
        defaultMode,
        events,
        retryPolicy,
        timeout,
        limits,
        webhookConfig);
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

  /** Whether its events wait, without using up an attempt, until it is resumed. */
  public boolean paused() {
    return webhookConfig != null && webhookConfig.path("paused").asBoolean();
  }

  /** Where events are forwarded to, as configured; an empty array when there is nothing. */
  public JsonNode destinations() {
    JsonNode destinations = webhookConfig == null ? null : webhookConfig.get("destinations");
    return destinations == null || destinations.isNull()
        ? JsonNodeFactory.instance.arrayNode()
        : destinations;
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
   * @param payloadPath dotted name or JSON Pointer of the part that is checked and processed; null
   *     for the whole payload
   * @param requiredFields dotted names or JSON Pointers of what that part must have
   * @param schemaUrl JSON Schema of that part; null when it is not validated
   * @param retryPolicy null for the tool's
   * @param timeout null for the tool's
   * @param limits what they limit is limited for these events alone, in place of the tool's
   */
  public record EventRule(
      String eventType,
      @Nullable ProcessingMode mode,
      @Nullable JsonNode transformRules,
      @Nullable String payloadPath,
      List<String> requiredFields,
      @Nullable String schemaUrl,
      @Nullable RetryPolicy retryPolicy,
      @Nullable Duration timeout,
      ToolLimits limits) {

    public EventRule {
      requiredFields = List.copyOf(requiredFields);
    }

    /** A rule for the whole payload, without checks. */
    public EventRule(
        String eventType, @Nullable ProcessingMode mode, @Nullable JsonNode transformRules) {
      this(eventType, mode, transformRules, null, List.of(), null, null, null, ToolLimits.NONE);
    }
  }
}
