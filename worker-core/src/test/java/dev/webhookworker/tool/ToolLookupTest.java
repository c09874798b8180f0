package dev.webhookworker.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.EncryptionSettings;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.Secret;
import dev.webhookworker.ToolSettings;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.crypto.DeadLetterEncryption;
import dev.webhookworker.crypto.FieldEncryption;
import dev.webhookworker.port.EncryptionContext;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.spi.ProcessingMode;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.ToolConfigExtractor;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolLookupTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ToolConfig REGISTERED = ToolConfig.of("shop", ProcessingMode.STORE_ONLY);

  /** As registry and file do it: by the id alone. */
  private static final ToolConfigExtractor REGISTRY =
      event -> "shop".equals(event.toolId()) ? Optional.of(REGISTERED) : Optional.empty();

  private static ToolLookup lookup(ToolSettings settings) {
    return new ToolLookup(List.of(REGISTRY), settings);
  }

  private static EntryFields fields(String metadata) {
    return EntryFields.of(
        Map.of("event_id", "1", "metadata", metadata, "payload", "{\"mail\":\"a@example.org\"}"));
  }

  private static WebhookEvent event(String metadata) {
    return WebhookEvent.decoded("1-1", fields(metadata), "1", "push");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'tool_config':{'id':'shop','webhook_config':{'enabled':false}}}",
        "{'tool_id':'shop','tool_config':{'id':'shop','webhook_config':{'paused':true}}}",
        "{'tool_id':'shop','tool_config':{'id':'other','webhook_config':{'paused':true}}}",
        "{'tool_id':'unknown','tool_config':{'id':'shop','webhook_config':{'paused':true}}}"
      })
  void whatAnEventSaysOfARegisteredToolDoesNotCount(String metadata) throws Exception {
    assertThat(lookup(ToolSettings.DEFAULTS).toolOf(event(metadata.replace('\'', '"'))))
        .isSameAs(REGISTERED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"new", "default", "shop:eu", "inline", " shop", "SHOP"})
  void anInlineToolHasAnIdThatNoOtherToolCanHave(String id) throws Exception {
    String metadata = "{\"tool_config\":{\"id\":" + JSON.writeValueAsString(id) + "}}";
    assertThat(lookup(ToolSettings.DEFAULTS).toolOf(event(metadata)).id())
        .isEqualTo("inline:" + id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"inline:", "inline:shop", "inline:inline:shop"})
  void noToolIsRegisteredUnderTheIdOfAnInlineOne(String id) throws Exception {
    JsonNode tool = JSON.createObjectNode().put("id", id);
    assertThatThrownBy(() -> ToolConfigs.fromJson(tool)).hasMessageContaining("must not begin");
    assertThatThrownBy(
            () -> lookup(ToolSettings.DEFAULTS).toolOf(event("{\"tool_config\":" + tool + "}")))
        .isInstanceOf(NonRetryableException.class);
  }

  @Test
  void inlineToolsCanBeSwitchedOff() throws Exception {
    ToolLookup off = lookup(ToolSettings.DEFAULTS.withInlineTools(false));
    assertThatThrownBy(() -> off.toolOf(event("{\"tool_config\":{\"id\":\"new\"}}")))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("WORKER_INLINE_TOOLS=off");
    assertThat(off.toolOf(event("{\"tool_config\":{\"id\":\"shop\"}}"))).isSameAs(REGISTERED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"tool_id\":\"default\"}"})
  void theDefaultToolIsRefusedByWhateverNameWhereAToolIsWanted(String metadata) {
    ToolLookup strict = lookup(ToolSettings.DEFAULTS.withRejectWithoutTool(true));
    assertThatThrownBy(() -> strict.toolOf(event(metadata)))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("WORKER_DEFAULT_TOOL=reject");
  }

  @Test
  void tenThousandInlineToolsUndoNobodysEncryption() throws Exception {
    FieldEncryption encryption =
        new FieldEncryption(
            new EncryptionSettings(
                List.of(),
                Map.of("k1", Secret.of(Base64.getEncoder().encodeToString(new byte[32])))));
    ToolConfig secretive = tool("shop", "/mail");
    assertThat(encryption.ready(secretive)).isTrue();
    IntStream.range(0, 10_001)
        .forEach(i -> encryption.ready(tool("t" + i, "/other").withId("inline:t" + i)));
    encryption.ready(tool("shop", "/other").withId("inline:shop"));
    EntryFields dead =
        new DeadLetterEncryption(encryption)
            .encrypt(
                EncryptionContext.ofDeadLetter(null, "1-0", "1"),
                fields("{\"tool_id\":\"shop\"}"),
                true);
    assertThat(dead.text("payload")).contains("\"mail\":\"enc:").doesNotContain("a@example.org");
    EntryFields inline =
        new DeadLetterEncryption(encryption)
            .encrypt(
                EncryptionContext.ofDeadLetter(null, "1-0", "1"),
                fields("{\"tool_config\":{\"id\":\"t0\"}}"),
                true);
    assertThat(inline.text("payload")).as("forgotten, so all of it").startsWith("\"enc:");
  }

  private static ToolConfig tool(String id, String pointer) {
    JsonNode webhook =
        JSON.createObjectNode().set("encrypt_fields", JSON.createArrayNode().add(pointer));
    return ToolConfigs.fromJson(
        JSON.createObjectNode().put("id", id).set("webhook_config", webhook));
  }
}
