package dev.webhookworker.transform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.CloudEvents;
import dev.webhookworker.Envelope;
import dev.webhookworker.ToolSettings;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.tool.PayloadSchemas;
import dev.webhookworker.tool.ToolConfigs;
import dev.webhookworker.tool.ToolPlans;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CloudEventsTransformerTest {

  @ParameterizedTest
  @ValueSource(strings = {"github", "stripe", "gitlab", "slack", "shopify", ""})
  void theRuleMakesWhatTheEnvelopeOfTheToolSays(String provider) throws Exception {
    ToolConfig tool =
        ToolConfigs.fromJson(
            Json.MAPPER.readTree(
                "{\"id\":\"t\",\"provider\":\""
                    + provider
                    + "\",\"webhook_config\":{\"default_processing_mode\":\"transform_and_store\","
                    + "\"events\":[{\"event_type\":\"*\",\"transform_rules\":{\"$cloudevents\":true}}]}}"));
    WebhookEvent event =
        WebhookEvent.of(
            "1",
            "issues",
            "{\"action\":\"opened\",\"type\":\"invoice.paid\",\"created\":1767225600,"
                + "\"issue\":{\"number\":7,\"html_url\":\"https://example.org/7\"},"
                + "\"repository\":{\"full_name\":\"a/b\"},\"sender\":{\"login\":\"ada\"}}");
    ToolPlans plans =
        new ToolPlans(
            List.of(new CloudEventsTransformer()), new PayloadSchemas(ToolSettings.DEFAULTS));
    JsonNode made = plans.transform(event, tool).payload();
    assertThat(made).isEqualTo(CloudEvents.toJson(event, Envelope.of(event, tool)));
    if (provider.equals("github")) {
      assertThat(made.path("source").asText()).isEqualTo("urn:webhook:github");
      assertThat(made.path("type").asText()).isEqualTo("issues.opened");
    }
  }
}
