package dev.webhookworker.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.webhookworker.RetryPolicy;
import dev.webhookworker.spi.ProcessingMode;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.ToolLimits;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolConfigsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EVERY_FIELD =
      """
      {"id": "t", "tool_name": "T", "provider": "github", "tenant_id": "acme", "status": "active",
       "webhook_config": {"enabled": true, "paused": false, "endpoint_path": "/t", "auth_type": "hmac",
        "auth_config": {"secret": "s"}, "headers": {"X-A": "b"}, "payload_format": "json",
        "signature_header": "X-Sig", "signature_algorithm": "sha256", "ip_whitelist": ["10.0.0.0/8"],
        "event_type_header": "a", "event_type_pointer": "/a", "event_id_header": "b",
        "event_id_pointer": "/b", "default_processing_mode": "transform_and_store",
        "timeout": "30s", "max_concurrent": 2,
        "retry": {"max_retries": 3, "initial_interval": "2s", "max_interval": "1m",
         "multiplier": 3, "max_elapsed_time": "1h", "full_jitter": false},
        "rate_limit": {"events": 10, "per": "1m"},
        "circuit_breaker": {"failures": 5, "of": 10, "pause": "10s"},
        "encrypt_fields": ["/mail"],
        "routes": [{"if": {"source": "/payload/a", "equals": 1}, "processors": ["x"]}],
        "order_guard": {"resource": "/id", "version": "/updated_at", "keep": "24h"}, "destinations": [{"url": "https://example.org"}],
        "events": [{"event_type": "issues.*", "payload_path": "/issue", "schema_url": "classpath:x.json",
         "transform_rules": {"a": "b"}, "required_fields": ["number"],
         "processing_mode": "store_only", "timeout": "30s", "max_concurrent": 2,
        "retry": {"max_retries": 3, "initial_interval": "2s", "max_interval": "1m",
         "multiplier": 3, "max_elapsed_time": "1h", "full_jitter": false},
        "rate_limit": {"events": 10, "per": "1m"},
        "circuit_breaker": {"failures": 5, "of": 10, "pause": "10s"}}]}}
      """;

  private static Schema schema() throws Exception {
    try (InputStream in =
        ToolConfigs.class.getResourceAsStream("/dev/webhookworker/tool-config.schema.json")) {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(JSON.readTree(in));
    }
  }

  private static List<String> problems(String tool) throws Exception {
    List<String> problems = new ArrayList<>();
    var unused = ToolConfigs.read(JSON.readTree(tool), problems);
    return problems;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        EVERY_FIELD,
        "{\"id\": \"t\"}",
        "{\"id\": \"t\", \"status\": null, \"webhook_config\": {\"events\": null}}",
        "{\"id\": \"t\", \"webhook_config\": {\"events\": [{\"event_type\": \"*\"}]}}",
        "{}",
        "[]",
        "{\"id\": \"\"}",
        "{\"id\": \"t\", \"status\": \"on\"}",
        "{\"id\": \"t\", \"webhook_config\": {\"encrypt_fields\": [\"mail\"]}}",
        "{\"id\": \"t\", \"webhook_config\": {\"destinations\": [1]}}",
        "{\"id\": \"t\", \"webhook_config\": {\"max_concurrent\": 0}}",
        "{\"id\": \"t\", \"webhook_config\": {\"rate_limit\": {}}}",
        "{\"id\": \"t\", \"webhook_config\": {\"rate_limit\": {\"events\": 1, \"x\": 1}}}",
        "{\"id\": \"t\", \"webhook_config\": {\"retry\": {\"max_retries\": -1}}}",
        "{\"id\": \"t\", \"webhook_config\": {\"retry\": {\"multiplier\": 0.5}}}",
        "{\"id\": \"t\", \"webhook_config\": {\"circuit_breaker\": {\"failures\": 0}}}",
        "{\"id\": \"t\", \"webhook_config\": {\"routes\": [{\"processors\": [\"x\"]}]}}",
        "{\"id\": \"t\", \"webhook_config\": {\"routes\": [{\"if\": {\"source\": \"a\", \"exists\": true}}]}}",
        "{\"id\": \"t\", \"webhook_config\": {\"order_guard\": {\"resource\": \"/id\"}}}",
        "{\"id\": \"t\", \"webhook_config\": {\"order_guard\": {\"version\": \"/v\"}}}",
        "{\"id\": \"t\", \"webhook_config\": {\"order_guard\": {\"resource\": \"a\", \"version\": \"b\"}}}",
        "{\"id\": \"t\", \"webhook_config\": {\"order_guard\": {\"resource\": \"a\", \"version\": \"b\", \"x\": 1}}}",
        "{\"id\": \"t\", \"webhook_config\": {\"order_guard\": true}}",
        "{\"id\": \"t\", \"colour\": \"red\"}",
        "{\"id\": \"t\", \"webhook_config\": []}",
        "{\"id\": \"t\", \"webhook_config\": {\"enabled\": \"yes\"}}",
        "{\"id\": \"t\", \"webhook_config\": {\"auth_type\": \"magic\"}}",
        "{\"id\": \"t\", \"webhook_config\": {\"payload_format\": \"csv\"}}",
        "{\"id\": \"t\", \"webhook_config\": {\"retries\": 5}}",
        "{\"id\": \"t\", \"webhook_config\": {\"ip_whitelist\": [1]}}",
        "{\"id\": \"t\", \"webhook_config\": {\"events\": [1]}}",
        "{\"id\": \"t\", \"webhook_config\": {\"events\": [{\"event_type\": \"a*b\"}]}}",
        "{\"id\": \"t\", \"webhook_config\": {\"events\": [{\"schema_url\": \"http://x/y\"}]}}",
        "{\"id\": \"t\", \"webhook_config\": {\"events\": [{\"transform_rules\": \"x\"}]}}",
        "{\"id\": \"t\", \"webhook_config\": {\"events\": [{\"processing_mode\": \"drop\"}]}}",
        "{\"id\": \"t\", \"webhook_config\": {\"events\": [{\"filter\": \"x\"}]}}",
        "{\"id\": \"t\", \"webhook_config\": {\"default_processing_mode\": 1}}"
      })
  void theParserAndTheSchemaAgree(String tool) throws Exception {
    boolean follows = schema().validate(JSON.readTree(tool)).isEmpty();
    assertThat(problems(tool).isEmpty()).as("%s", problems(tool)).isEqualTo(follows);
  }

  @Test
  void theSchemaHasExactlyTheFieldsThatTheParserKnows() throws Exception {
    JsonNode properties = schema().getSchemaNode().path("properties");
    JsonNode webhook = properties.at("/webhook_config/properties");
    JsonNode event = webhook.at("/events/items/properties");
    JsonNode every = JSON.readTree(EVERY_FIELD);
    assertThat(names(properties)).isEqualTo(names(every));
    assertThat(names(webhook)).isEqualTo(names(every.path("webhook_config")));
    assertThat(names(event)).isEqualTo(names(every.at("/webhook_config/events/0")));
    assertThat(
            problems("{\"id\":\"t\",\"x\":1,\"webhook_config\":{\"x\":1,\"events\":[{\"x\":1}]}}"))
        .hasSize(3)
        .anyMatch(problem -> problem.contains("it knows " + String.join(", ", names(properties))))
        .anyMatch(problem -> problem.contains("it knows " + String.join(", ", names(webhook))))
        .anyMatch(problem -> problem.contains("it knows " + String.join(", ", names(event))));
  }

  private static Set<String> names(JsonNode object) {
    Set<String> names = new TreeSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void everyErrorIsReportedAtOnce() {
    assertThatThrownBy(
            () ->
                ToolConfigs.fromJson(
                    JSON.readTree(
                        "{\"id\":\"t\",\"status\":\"on\",\"webhook_config\":{\"enabled\":1,"
                            + "\"events\":[{\"payload_path\":\"\"},{\"event_type\":\"**\"}]}}")))
        .hasMessageContaining("'status'")
        .hasMessageContaining("'enabled'")
        .hasMessageContaining("events[0]")
        .hasMessageContaining("events[1]");
  }

  @Test
  void whatIsLimitedIsReadAndWhatCanNotBeLimitedSoIsRefused() throws Exception {
    ToolConfig tool = ToolConfigs.fromJson(JSON.readTree(EVERY_FIELD));
    assertThat(tool.timeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(tool.limits())
        .isEqualTo(
            new ToolLimits(
                2,
                new ToolLimits.Rate(10, Duration.ofMinutes(1)),
                new ToolLimits.Breaker(5, 10, Duration.ofSeconds(10))));
    assertThat(tool.retryPolicy())
        .isEqualTo(
            RetryPolicy.defaults()
                .withMaxRetries(3)
                .withIntervals(Duration.ofSeconds(2), Duration.ofMinutes(1))
                .withMultiplier(3)
                .withMaxElapsedTime(Duration.ofHours(1))
                .withFullJitter(false));
    assertThat(tool.events().get(0).limits()).isEqualTo(tool.limits());
    assertThat(tool.events().get(0).retryPolicy()).isEqualTo(tool.retryPolicy());
    assertThat(
            problems(
                "{\"id\":\"t\",\"webhook_config\":{\"timeout\":\"soon\",\"max_concurrent\":0,"
                    + "\"circuit_breaker\":{\"failures\":5,\"of\":3},"
                    + "\"retry\":{\"initial_interval\":\"1h\",\"max_interval\":\"1m\"}}}"))
        .hasSize(4);
  }

  @Test
  void theMostSpecificPatternCounts() throws Exception {
    ToolConfig tool =
        ToolConfigs.fromJson(
            JSON.readTree(
                "{\"id\":\"t\",\"webhook_config\":{\"events\":["
                    + "{\"event_type\":\"*\",\"processing_mode\":\"store_only\"},"
                    + "{\"event_type\":\"issues.*\",\"processing_mode\":\"store_and_forward\"},"
                    + "{\"event_type\":\"issues.opened\","
                    + "\"processing_mode\":\"transform_and_store\"}]}}"));
    assertThat(tool.modeFor("push")).isEqualTo(ProcessingMode.STORE_ONLY);
    assertThat(tool.modeFor("issues.closed")).isEqualTo(ProcessingMode.STORE_AND_FORWARD);
    assertThat(tool.modeFor("issues.opened")).isEqualTo(ProcessingMode.TRANSFORM_AND_STORE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a%20b",
        "/a b",
        "//a",
        "/a//b",
        "/a?b",
        "/a#b",
        "https://example.org/a",
        "/a\\n"
      })
  void anEndpointThatNoRequestCanMatchIsTold(String path) throws Exception {
    assertThat(problems("{\"id\":\"t\",\"webhook_config\":{\"endpoint_path\":\"" + path + "\"}}"))
        .singleElement()
        .asString()
        .contains("'endpoint_path' can match no request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a", "a", "/a/b-c_d.e~f", "/a/", "/caf\u00e9", "/a:b@c"})
  void usualEndpointsAreTaken(String path) throws Exception {
    assertThat(problems("{\"id\":\"t\",\"webhook_config\":{\"endpoint_path\":\"" + path + "\"}}"))
        .isEmpty();
  }

  @Test
  void anEndpointForXmlIsTold() throws Exception {
    assertThat(
            problems(
                "{\"id\":\"t\",\"webhook_config\":{\"endpoint_path\":\"/t\",\"payload_format\":\"xml\"}}"))
        .singleElement()
        .asString()
        .contains("takes JSON and forms");
  }
}
