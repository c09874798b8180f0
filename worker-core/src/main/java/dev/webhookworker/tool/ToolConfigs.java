package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.RetryPolicy;
import dev.webhookworker.pipeline.InputRules;
import dev.webhookworker.spi.ProcessingMode;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.ToolLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tool from the JSON of the known format; docs/tools.md describes it, {@code
 * tool-config.schema.json} is its schema.
 */
public final class ToolConfigs {

  private static final Set<String> STATUSES = Set.of("active", "inactive", "disabled");
  private static final Set<String> AUTH_TYPES =
      Set.of("hmac", "bearer", "basic", "signature", "none");

  private static final List<String> INGEST_TEXTS =
      List.of(
          "endpoint_path",
          "signature_header",
          "signature_algorithm",
          "event_id_pointer",
          "event_id_header",
          "event_type_header",
          "event_type_pointer");

  private static final Pattern ENDPOINT_PATH =
      Pattern.compile("/?(?!/)(?:(?!//)[^%?#\\s\\p{Cntrl}])*");

  private ToolConfigs() {}

  /**
   * A tool from {@code {id, tool_name, provider, tenant_id, status, webhook_config}}.
   *
   * @throws NonRetryableException when it is not of that form; the message says everything that is
   *     wrong
   */
  public static ToolConfig fromJson(JsonNode tool) {
    List<String> problems = new ArrayList<>();
    ToolConfig read = read(tool, problems);
    if (!problems.isEmpty()) {
      throw new NonRetryableException(String.join("; ", problems));
    }
    return read;
  }

  /** Like {@link #fromJson}, but adds what is wrong to the list, one sentence each. */
  static ToolConfig read(JsonNode tool, List<String> problems) {
    if (!tool.isObject()) {
      problems.add(
          "a tool is an object {id, tool_name, provider, tenant_id, status, webhook_config}");
      return ToolConfig.DEFAULT;
    }
    String id = tool.path("id").asText();
    boolean named = !id.isEmpty() && !breaksLine(id);
    ConfigObject object =
        new ConfigObject(named ? "tool '" + id + "'" : "a tool without id", tool, problems);
    object.text("id");
    if (!named) {
      object.problem("needs an 'id' of 1 to 255 characters on one line");
    }
    if (InlineTools.isInline(id)) {
      object.problem(
          "the id must not begin with '" + InlineTools.PREFIX + "', as those of inline tools do");
    }
    String name = object.name("tool_name");
    String provider = object.name("provider");
    String tenant = object.name("tenant_id");
    String status = object.oneOf("status", STATUSES);
    ConfigObject webhook = object.object("webhook_config");
    object.refuseUnknownFields();
    boolean enabled = webhook.flag("enabled", true);
    webhook.flag("paused", false);
    ProcessingMode mode = mode(webhook, "default_processing_mode");
    List<ToolConfig.EventRule> rules =
        webhook.objects("events").stream().map(ToolConfigs::rule).toList();
    RetryPolicy retry = LimitsReader.retry(webhook);
    Duration timeout = LimitsReader.timeout(webhook);
    ToolLimits limits = LimitsReader.limits(webhook);
    checkIngest(webhook);
    checkEncryptFields(webhook);
    webhook.objects("destinations");
    Routes.check(webhook);
    OrderGuard.check(webhook);
    webhook.refuseUnknownFields();
    return new ToolConfig(
        id,
        name == null ? id : name,
        provider == null ? "" : provider,
        tenant,
        enabled && (status == null || status.equals("active")),
        mode == null ? ProcessingMode.STORE_ONLY : mode,
        rules,
        retry,
        timeout,
        limits,
        tool.hasNonNull("webhook_config") ? tool.get("webhook_config") : null);
  }

  /** Where the tool's senders post to: its {@code endpoint_path}, else {@code /webhooks/<id>}. */
  public static String endpointPath(ToolConfig tool) {
    JsonNode webhook = tool.webhookConfig();
    String path = webhook == null ? "" : webhook.path("endpoint_path").asText("");
    if (path.isEmpty()) {
      return "/webhooks/" + tool.id();
    }
    return path.startsWith("/") ? path : "/" + path;
  }

  private static boolean breaksLine(String id) {
    return id.length() > 255 || id.chars().anyMatch(c -> InputRules.breaksLine((char) c));
  }

  private static ToolConfig.EventRule rule(ConfigObject event) {
    String type = event.text("event_type");
    if (type != null && !type.matches("\\*|[^*]+(\\.\\*)?")) {
      event.problem(
          "its field 'event_type' is '"
              + type
              + "'; expected an event type, a family such as 'issues.*', or '*'");
    }
    String path = event.text("payload_path");
    List<String> required = event.texts("required_fields");
    if (path != null) {
      checkPath(event, "payload_path", path);
    }
    required.forEach(field -> checkPath(event, "required_fields", field));
    String schema = event.text("schema_url");
    if (schema != null && !schema.matches("(classpath|file|https):.+")) {
      event.problem(
          "its field 'schema_url' must begin with classpath:, file: or https:, it is '"
              + schema
              + "'");
    }
    ToolConfig.EventRule rule =
        new ToolConfig.EventRule(
            type == null ? "*" : type,
            mode(event, "processing_mode"),
            event.objectNode("transform_rules"),
            path,
            required,
            schema,
            LimitsReader.retry(event),
            LimitsReader.timeout(event),
            LimitsReader.limits(event));
    event.refuseUnknownFields();
    return rule;
  }

  private static void checkPath(ConfigObject event, String field, String path) {
    try {
      PayloadPart.source(path);
    } catch (IllegalArgumentException wrong) {
      event.problem("its field '" + field + "' has '" + path + "': " + wrong.getMessage());
    }
  }

  /** Types only: what they mean is checked where webhooks come in and signatures are verified. */
  private static void checkIngest(ConfigObject webhook) {
    for (String field : INGEST_TEXTS) {
      webhook.text(field);
    }
    webhook.oneOf("auth_type", AUTH_TYPES);
    webhook.objectNode("auth_config");
    webhook.objectNode("headers");
    webhook.texts("ip_whitelist");
    String format = webhook.oneOf("payload_format", PayloadFormat.names());
    String path = webhook.text("endpoint_path");
    if (path != null && !ENDPOINT_PATH.matcher(path).matches()) {
      webhook.problem(
          "its field 'endpoint_path' can match no request: give the path as it is after decoding,"
              + " without a host, '%', '?', '#', '//' or blanks, such as /hooks/shop");
    }
    if (path != null && "xml".equals(format)) {
      webhook.problem(
          "its field 'endpoint_path' can't stand beside payload_format 'xml': the endpoint takes"
              + " JSON and forms; XML comes by the stream");
    }
  }

  private static void checkEncryptFields(ConfigObject webhook) {
    for (String pointer : webhook.texts("encrypt_fields")) {
      if (!pointer.startsWith("/")) {
        webhook.problem(
            "its field 'encrypt_fields' has '"
                + pointer
                + "'; expected a JSON Pointer such as /customer/email");
      }
    }
  }

  private static @Nullable ProcessingMode mode(ConfigObject object, String field) {
    String name = object.text(field);
    try {
      return name == null ? null : ProcessingMode.of(name);
    } catch (IllegalArgumentException unknown) {
      object.problem("its field '" + field + "': " + unknown.getMessage());
      return null;
    }
  }
}
