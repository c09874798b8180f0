package dev.webhookworker.signature;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.SignaturePolicy;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.SignedRequest;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.Verification;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies an event in the worker by the headers in its metadata, as of the time at which its entry
 * was added: an event that waited is not too old for that. Thread-safe.
 */
public final class SignatureCheck {

  private static final Logger LOG = LoggerFactory.getLogger(SignatureCheck.class);

  private final AuthenticationReader reader;
  private final SignaturePolicy policy;

  public SignatureCheck(SignatureVerifiers verifiers, SignaturePolicy policy) {
    this.reader = new AuthenticationReader(verifiers);
    this.policy = policy;
  }

  /**
   * Passes an event that is proved, and one that need not be: its tool has no authentication, or it
   * carries no headers and the policy trusts who published it.
   *
   * @throws SignatureInvalidException when it is not proved
   * @throws NonRetryableException when the tool's authentication can't be used
   */
  public void check(WebhookEvent event, ToolConfig tool) throws SignatureInvalidException {
    if (tool.webhookConfig() == null) {
      return;
    }
    JsonNode headers = event.field("metadata") == null ? null : event.metadata().get("headers");
    boolean carriesHeaders = headers != null && headers.isObject() && !headers.isEmpty();
    if (!carriesHeaders && policy == SignaturePolicy.WHEN_PRESENT && !maybeRequired(tool)) {
      return;
    }
    Optional<Authentication> authentication = authentication(tool);
    if (authentication.isEmpty()) {
      return;
    }
    if (!carriesHeaders || headers == null) {
      if (policy == SignaturePolicy.REQUIRED || authentication.get().headersRequired()) {
        refuse(event, tool, Verification.Reason.HEADER_MISSING);
      }
      return;
    }
    Verification verification =
        authentication
            .get()
            .verify(request(event, headers, authentication.get()), event.receivedAt());
    if (verification instanceof Verification.Invalid invalid) {
      refuse(event, tool, invalid.reason());
    }
  }

  private static boolean maybeRequired(ToolConfig tool) {
    JsonNode webhook = tool.webhookConfig();
    return webhook != null && webhook.path("auth_config").path("require_headers").asBoolean(false);
  }

  private Optional<Authentication> authentication(ToolConfig tool) {
    try {
      return reader.read(tool);
    } catch (IllegalArgumentException unusable) {
      throw new NonRetryableException(
          "tool '" + tool.id() + "': its authentication can't be used: " + unusable.getMessage(),
          unusable);
    }
  }

  private static SignedRequest request(
      WebhookEvent event, JsonNode headers, Authentication authentication) {
    Map<String, List<String>> values = new HashMap<>();
    headers.properties().forEach(header -> values.put(header.getKey(), texts(header.getValue())));
    return SignedRequest.of(
        event.metadata().path("method").asText("POST"),
        url(event.metadata().path("url").textValue(), authentication.publicUrl()),
        values,
        event.rawPayloadBytes());
  }

  private static String url(@Nullable String ofEvent, @Nullable String ofTool) {
    if (ofEvent != null) {
      return ofEvent;
    }
    return ofTool == null ? "" : ofTool;
  }

  private static List<String> texts(JsonNode value) {
    if (!value.isArray()) {
      return List.of(value.asText());
    }
    List<String> texts = new ArrayList<>();
    value.forEach(one -> texts.add(one.asText()));
    return texts;
  }

  private static void refuse(WebhookEvent event, ToolConfig tool, Verification.Reason reason)
      throws SignatureInvalidException {
    LOG.atWarn()
        .addKeyValue("tool_id", tool.id())
        .addKeyValue("event_id", event.eventId())
        .addKeyValue("entry_id", event.entryId())
        .addKeyValue("reason", reason.code())
        .log("An event is not proved to come from its tool");
    throw new SignatureInvalidException(tool.id());
  }
}
