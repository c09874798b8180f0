package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.config.Durations;
import dev.webhookworker.port.JoinedName;
import dev.webhookworker.port.ResourceVersion;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.transform.Source;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

/** {@code order_guard} of one version of a tool: which events are of one resource. Immutable. */
final class OrderGuard {

  static final String FIELD = "order_guard";

  private static final Duration KEPT = Duration.ofDays(7);
  private static final Duration LONGEST_KEPT = Duration.ofDays(90);

  private final Source resource;
  private final Source version;
  private final Duration kept;

  private OrderGuard(Source resource, Source version, Duration kept) {
    this.resource = resource;
    this.version = version;
    this.kept = kept;
  }

  /** The parser has found nothing wrong with it; empty when the tool has none. */
  static Optional<OrderGuard> of(ToolConfig tool) {
    JsonNode webhook = tool.webhookConfig();
    if (webhook == null || !webhook.hasNonNull(FIELD)) {
      return Optional.empty();
    }
    JsonNode guard = webhook.get(FIELD);
    String keep = guard.path("keep").textValue();
    return Optional.of(
        new OrderGuard(
            PayloadPart.source(guard.path("resource").asText()),
            PayloadPart.source(guard.path("version").asText()),
            keep == null ? KEPT : Durations.parse(keep)));
  }

  static void check(ConfigObject webhook) {
    if (webhook.objectNode(FIELD) == null) {
      return;
    }
    ConfigObject guard = webhook.object(FIELD);
    for (String field : new String[] {"resource", "version"}) {
      String path = guard.text(field);
      if (path == null) {
        guard.problem("needs '" + field + "', a dotted name or JSON Pointer into the payload");
        continue;
      }
      try {
        PayloadPart.source(path);
      } catch (IllegalArgumentException wrong) {
        guard.problem("its field '" + field + "' has '" + path + "': " + wrong.getMessage());
      }
    }
    guard.duration("keep", LONGEST_KEPT);
    guard.refuseUnknownFields();
  }

  /**
   * Empty when the event is of no resource or tells no version.
   *
   * @throws NonRetryableException when its version can't be compared
   */
  Optional<ResourceVersion> of(WebhookEvent event, String toolId) {
    JsonNode id = resource.in(event.payload());
    JsonNode at = version.in(event.payload());
    if (isAbsent(id) || isAbsent(at)) {
      return Optional.empty();
    }
    String digits =
        VersionDigits.of(at)
            .orElseThrow(
                () ->
                    new NonRetryableException(
                        "the version at '"
                            + version
                            + "' of order_guard of tool '"
                            + toolId
                            + "' is neither a number nor a time such as 2026-01-31T12:00:00Z"));
    String name = JoinedName.of(toolId, String.valueOf(event.tenantId()), text(id));
    return Optional.of(new ResourceVersion(hash(name), digits, kept));
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  private static String text(JsonNode value) {
    return value.isValueNode() ? value.asText() : value.toString();
  }

  private static String hash(String name) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
