package dev.webhookworker.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.ToolSettings;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.EventTransformer;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.transform.RuleTransformer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolPlansTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private ToolPlans plans = plans(ToolSettings.DEFAULTS);

  private static ToolPlans plans(ToolSettings settings) {
    return new ToolPlans(List.of(new RuleTransformer()), new PayloadSchemas(settings));
  }

  private static ToolConfig tool(String rule) throws Exception {
    return ToolConfigs.fromJson(
        JSON.readTree("{\"id\":\"shop\",\"webhook_config\":{\"events\":[" + rule + "]}}"));
  }

  private static WebhookEvent event(String payload) {
    return WebhookEvent.of("1", "order", payload);
  }

  @Test
  void anEventOfAToolWithoutRulesIsLeftAsItIs() throws Exception {
    WebhookEvent event = event("{}");
    assertThat(plans.prepare(event, ToolConfig.DEFAULT)).isSameAs(event);
    assertThat(plans.prepare(event, tool("{\"event_type\":\"push\"}"))).isSameAs(event);
  }

  @Test
  void thePartAtThePathIsProcessed() throws Exception {
    WebhookEvent event = event("{\"data\":{\"object\":{\"id\":1}}}");
    for (String path : List.of("/data/object", "data.object", "$.data.object")) {
      ToolConfig tool = tool("{\"payload_path\":\"" + path + "\",\"event_type\":\"order\"}");
      assertThat(plans.prepare(event, tool).rawPayload()).isEqualTo("{\"id\":1}");
    }
    ToolConfig tool = tool("{\"payload_path\":\"/none\"}");
    assertThatThrownBy(() -> plans.prepare(event, tool))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("'/none'");
  }

  @Test
  void whatIsRequiredMustBeThereAndNotNull() throws Exception {
    ToolConfig tool =
        tool("{\"payload_path\":\"/o\",\"required_fields\":[\"id\",\"/a/b\",\"c.d\"]}");
    assertThat(
            plans.prepare(event("{\"o\":{\"id\":0,\"a\":{\"b\":false},\"c\":{\"d\":\"\"}}}"), tool))
        .isNotNull();
    assertThatThrownBy(() -> plans.prepare(event("{\"o\":{\"id\":null,\"c\":{}}}"), tool))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("id, /a/b, c.d");
  }

  @Test
  void aSchemaIsHeldAgainstThePayloadAndNoValueIsShown() throws Exception {
    ToolConfig tool = tool("{\"schema_url\":\"classpath:schemas/order.json\"}");
    assertThat(plans.prepare(event("{\"id\":1,\"kind\":\"a\"}"), tool)).isNotNull();
    assertThatThrownBy(() -> plans.prepare(event("{\"kind\":\"secret\"}"), tool))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("'/kind' (enum)")
        .hasMessageContaining("(required id)")
        .hasMessageNotContaining("secret");
  }

  @Test
  void aSchemaIsReadOnlyFromWhereTheSettingsAllow(@TempDir Path folder) throws Exception {
    Path inside = Files.createDirectory(folder.resolve("schemas")).resolve("s.json");
    Path outside = folder.resolve("other.json");
    Files.writeString(inside, "{\"type\":\"array\"}");
    Files.writeString(outside, "{\"type\":\"array\"}");
    ToolConfig allowed = tool("{\"schema_url\":\"" + inside.toUri() + "\"}");
    assertThatThrownBy(() -> plans.prepare(event("[]"), allowed))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("WORKER_SCHEMA_FOLDER");
    plans = plans(ToolSettings.DEFAULTS.withSchemaFolder(inside.getParent()));
    assertThat(plans.prepare(event("[]"), allowed)).isNotNull();
    assertThatThrownBy(() -> plans.prepare(event("{}"), allowed)).hasMessageContaining("(type)");
    String climbing = inside.getParent().toUri() + "../other.json";
    ToolConfig other = tool("{\"schema_url\":\"" + climbing + "\"}");
    assertThatThrownBy(() -> plans.prepare(event("[]"), other))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("no such file in WORKER_SCHEMA_FOLDER");
    ToolConfig remote = tool("{\"schema_url\":\"https://127.0.0.1:1/s.json\"}");
    assertThatThrownBy(() -> plans.prepare(event("[]"), remote))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("WORKER_SCHEMA_HOSTS");
  }

  @Test
  void aReferenceOfASchemaLeadsNowhereElse(@TempDir Path folder) throws Exception {
    Path schema = folder.resolve("s.json");
    Files.writeString(schema, "{\"$ref\":\"https://127.0.0.1:1/s.json\"}");
    plans = plans(ToolSettings.DEFAULTS.withSchemaFolder(folder));
    ToolConfig tool = tool("{\"schema_url\":\"" + schema.toUri() + "\"}");
    assertThatThrownBy(() -> plans.prepare(event("[]"), tool))
        .isInstanceOf(NonRetryableException.class);
  }

  @Test
  void rulesAreCompiledOnceForAVersionOfATool() throws Exception {
    AtomicInteger compiled = new AtomicInteger();
    EventTransformer counting =
        new EventTransformer() {
          @Override
          public boolean supports(JsonNode rules) {
            return true;
          }

          @Override
          public WebhookEvent transform(WebhookEvent event, JsonNode rules) {
            return event;
          }

          @Override
          public Compiled compile(JsonNode rules) {
            compiled.incrementAndGet();
            return event -> event;
          }
        };
    plans = new ToolPlans(List.of(counting), new PayloadSchemas(ToolSettings.DEFAULTS));
    String version = "{\"transform_rules\":{\"a\":\"b\"}}";
    for (int i = 0; i < 10; i++) {
      plans.transform(event("{}"), tool(version));
    }
    assertThat(compiled).hasValue(1);
    plans.transform(event("{}"), tool("{\"transform_rules\":{\"a\":\"c\"}}"));
    assertThat(compiled).hasValue(2);
  }

  @Test
  void wrongRulesAreToldBeforeAnyEvent() throws Exception {
    assertThat(plans.problems(tool("{\"transform_rules\":{\"a\":{\"type\":\"x\"},\"b\":\"\"}}")))
        .singleElement()
        .asString()
        .contains("'shop'", "'a'", "'b'");
  }
}
