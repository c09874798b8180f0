package dev.webhookworker.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.Limits;
import dev.webhookworker.OutgoingEvent;
import dev.webhookworker.SignaturePolicy;
import dev.webhookworker.TraceRelation;
import dev.webhookworker.pipeline.InputRules;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.pipeline.MalformedInputException;
import dev.webhookworker.port.JoinedName;
import dev.webhookworker.signature.Authentication;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.TraceParent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the event of a verified request. Its id comes from what is proved only: the id that the
 * signature covers, or one in the body, else the hash of provider, path and body. A header that
 * anyone on the way may change can so neither hide a replay nor suppress another event. Where a
 * provider sends one body as several types, or a tool names a header for the type, the type counts
 * too. Thread-safe.
 */
final class EventMaker {

  static final String UNKNOWN_TYPE = "unknown";

  private static final String HASHED = "sha256:";

  private final InputRules rules;
  private final int maxNameLength;
  private final SignaturePolicy policy;
  private final TraceRelation traces;

  /**
   * @param traces what a request's {@code traceparent} is
   */
  EventMaker(Limits limits, SignaturePolicy policy, TraceRelation traces) {
    this.rules = new InputRules(limits);
    this.maxNameLength = limits.maxNameLength();
    this.policy = policy;
    this.traces = traces;
  }

  /**
   * @param authentication null when the tool is open to anyone
   * @param signedId the message id that the signature covers; null when it covers none
   */
  OutgoingEvent event(
      ToolConfig tool,
      @Nullable Authentication authentication,
      @Nullable String signedId,
      IngestRequest request,
      byte[] body,
      Payload payload,
      JsonNode tree,
      Instant receivedAt) {
    Provider provider = Provider.named(tool.provider());
    JsonNode webhook = tool.webhookConfig();
    String type = eventType(provider, request, tree, webhook);
    String id =
        eventId(tool, authentication, provider, signedId, request, body, tree, webhook, type);
    OutgoingEvent event =
        OutgoingEvent.of(id, type, payload.json())
            .withTimestamp(receivedAt)
            .withMetadata(metadata(tool, authentication, provider, request, payload).toString())
            .withAuthContext(authContext(tool).toString());
    String repository = first(tree, provider.repositoryPointers());
    String actor = first(tree, provider.actorPointers());
    event = repository == null ? event : event.withRepoName(repository);
    return actor == null ? event : event.withSenderName(actor);
  }

  private String eventId(
      ToolConfig tool,
      @Nullable Authentication authentication,
      Provider provider,
      @Nullable String signedId,
      IngestRequest request,
      byte[] body,
      JsonNode tree,
      @Nullable JsonNode webhook,
      String type) {
    String id = signedId;
    String pointer = setting(webhook, "event_id_pointer", provider.idPointer());
    if (id == null && pointer != null) {
      id = first(tree, List.of(pointer));
    }
    String header = setting(webhook, "event_id_header", null);
    boolean headersAreProved =
        authentication == null || authentication.verifier().name().matches("bearer|basic");
    if (id == null && header != null && headersAreProved) {
      id = name(request.value(header));
    }
    if (id == null) {
      return derivedId(
          tool, "body", request.path(), tellsApart(provider, webhook) ? type : "", body);
    }
    // Scoped to its tool: a sender's ids can't collide with those of another, nor with a hash.
    String scoped = id.startsWith(HASHED) ? null : name(JoinedName.escaped(tool.id()) + ":" + id);
    return scoped == null
        ? derivedId(tool, "id", request.path(), "", id.getBytes(StandardCharsets.UTF_8))
        : scoped;
  }

  /** Whether the type, which comes in a header, tells events apart that have the same body. */
  private static boolean tellsApart(Provider provider, @Nullable JsonNode webhook) {
    return provider.repeatsBodies() || setting(webhook, "event_type_header", null) != null;
  }

  /**
   * @param what is hashed, so that a body is never taken for an id
   * @param type empty where the body alone tells events apart
   */
  private String derivedId(ToolConfig tool, String what, String path, String type, byte[] proved) {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      hash.update(
          (JoinedName.of(tool.id(), tool.provider(), what, path, type) + "\n")
              .getBytes(StandardCharsets.UTF_8));
      String id = ":" + HASHED + HexFormat.of().formatHex(hash.digest(proved));
      String scoped = JoinedName.escaped(tool.id()) + id;
      // No tool has an empty id; the hash is of the tool's id, too.
      return scoped.length() > maxNameLength ? id : scoped;
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private String eventType(
      Provider provider, IngestRequest request, JsonNode tree, @Nullable JsonNode webhook) {
    String header = setting(webhook, "event_type_header", provider.typeHeader());
    String pointer = setting(webhook, "event_type_pointer", null);
    String type = pointer == null ? null : first(tree, List.of(pointer));
    if (type == null && header != null) {
      type = name(request.value(header));
    }
    if (type == null) {
      type = first(tree, provider.typePointers());
    }
    return type == null ? UNKNOWN_TYPE : type;
  }

  private ObjectNode metadata(
      ToolConfig tool,
      @Nullable Authentication authentication,
      Provider provider,
      IngestRequest request,
      Payload payload) {
    ObjectNode metadata = Json.MAPPER.createObjectNode();
    metadata.put("tool_id", tool.id());
    metadata.put("verified", authentication == null ? "none" : authentication.verifier().name());
    String delivery =
        provider.deliveryHeader() == null ? null : name(request.value(provider.deliveryHeader()));
    if (delivery != null) {
      metadata.put("delivery_id", delivery);
    }
    senderTrace(request).ifPresent(sender -> metadata.put(TraceParent.FIELD, sender.text()));
    if (authentication != null && payload.isBody() && repeats(authentication)) {
      ObjectNode headers = Json.MAPPER.createObjectNode();
      for (String header : authentication.verifier().repeatableWith()) {
        String value = request.value(header);
        if (!value.isEmpty()) {
          headers.put(header, value);
        }
      }
      if (!headers.isEmpty()) {
        metadata.set("headers", headers);
      }
    }
    return metadata;
  }

  /** What the request says of its own trace; empty where nobody wants to know. */
  Optional<TraceParent> senderTrace(IngestRequest request) {
    return traces == TraceRelation.IGNORE
        ? Optional.empty()
        : TraceParent.parse(request.value(TraceParent.FIELD));
  }

  /** Whether the worker wants to verify for itself what was verified here. */
  private boolean repeats(Authentication authentication) {
    return policy == SignaturePolicy.REQUIRED || authentication.headersRequired();
  }

  private static ObjectNode authContext(ToolConfig tool) {
    ObjectNode context = Json.MAPPER.createObjectNode();
    if (tool.tenantId() != null) {
      context.put("tenant_id", tool.tenantId());
    }
    return context.put("principal_type", "tool").put("principal_id", tool.id());
  }

  private static @Nullable String setting(
      @Nullable JsonNode webhook, String name, @Nullable String otherwise) {
    String value = webhook == null ? null : webhook.path(name).textValue();
    return value == null || value.isEmpty() ? otherwise : value;
  }

  private @Nullable String first(JsonNode tree, List<String> pointers) {
    for (String pointer : pointers) {
      JsonNode value = tree.at(pointer);
      if (value.isValueNode() && !value.isNull()) {
        String name = name(value.asText());
        if (name != null) {
          return name;
        }
      }
    }
    return null;
  }

  /** The text when it can be a name; else null. */
  private @Nullable String name(String text) {
    try {
      return text.isEmpty() ? null : rules.name(text.getBytes(StandardCharsets.UTF_8), "name");
    } catch (MalformedInputException unfit) {
      return null;
    }
  }
}
