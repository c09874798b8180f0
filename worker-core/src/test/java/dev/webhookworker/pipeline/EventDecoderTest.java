package dev.webhookworker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.Limits;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.port.EntryFields;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventDecoderTest {

  private final EventDecoder decoder = new EventDecoder(Limits.DEFAULTS);
  private final Map<String, byte[]> fields = new LinkedHashMap<>();

  EventDecoderTest() {
    set("event_id", "1");
    set("event_type", "push");
    set("payload", "{}");
  }

  private void set(String field, String value) {
    fields.put(field, value.getBytes(StandardCharsets.UTF_8));
  }

  private Decoded decode() {
    EntryFields.Builder builder = EntryFields.builder(fields.size());
    fields.forEach(builder::add);
    return decoder.decode("1-0", builder.build());
  }

  private WebhookEvent event() {
    assertThat(decode()).isInstanceOf(Decoded.Event.class);
    return ((Decoded.Event) decode()).event();
  }

  private String problem() {
    assertThat(decode()).isInstanceOf(Decoded.Undecodable.class);
    return ((Decoded.Undecodable) decode()).problem();
  }

  @Test
  void absentAndEmptyOptionalFieldsAreFine() {
    set("repo_name", "");
    set("metadata", "");
    WebhookEvent event = event();
    assertThat(event.eventId()).isEqualTo("1");
    assertThat(event.repoName()).isNull();
    assertThat(event.senderName()).isNull();
    assertThat(event.tenantId()).isNull();
  }

  @Test
  void unknownFieldsAreKept() {
    set("x_new", "kept");
    assertThat(event().field("x_new")).isEqualTo("kept");
  }

  @Test
  void thePayloadIsTheTextThatWasReceived() {
    set("payload", " {\"b\":1, \"a\":\"\\u0000\\ud800\", \"b\":1e400}\n");
    assertThat(event().rawPayload())
        .isEqualTo(" {\"b\":1, \"a\":\"\\u0000\\ud800\", \"b\":1e400}\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"event_id", "event_type", "payload"})
  void aMissingOrEmptyRequiredFieldIsNamed(String field) {
    set(field, "");
    assertThat(problem()).contains("'" + field + "'");
    fields.remove(field);
    assertThat(problem()).contains("'" + field + "'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"hidden\"", "not json hidden", "{} hidden", "{}{}", "[1,]", "   ", "{'a':1}"})
  void whatIsNotOneJsonValueIsToldWithoutQuotingIt(String payload) {
    set("payload", payload);
    assertThat(problem()).contains("'payload'").doesNotContain("hidden");
  }

  @Test
  void aValueThatIsNotUtf8IsNoEvent() {
    fields.put("payload", new byte[] {'"', (byte) 0xC3, (byte) 0x28, '"'});
    assertThat(problem()).contains("UTF-8");
    set("payload", "{}");
    fields.put("event_id", new byte[] {(byte) 0xFF});
    assertThat(problem()).contains("event_id", "UTF-8");
  }

  @Test
  void aReplacementCharacterThatWasSentIsFine() {
    set("payload", "\"\uFFFD\"");
    assertThat(event().rawPayload()).isEqualTo("\"\uFFFD\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"payload", "auth_context", "metadata"})
  void aNumberThatExpandsOutOfProportionIsNoEvent(String field) {
    set(field, "{\"amount\":1e1000000000}");
    assertThat(problem())
        .isEqualTo("the field '" + field + "' has a number whose exponent is beyond 999");
  }

  @Test
  void theNestingIsLimited() {
    set("payload", "[".repeat(100) + "]".repeat(100));
    assertThat(decode()).isInstanceOf(Decoded.Event.class);
    set("payload", "[".repeat(101) + "]".repeat(101));
    assertThat(problem()).contains("WORKER_MAX_NESTING");
    set("payload", "[".repeat(500_000));
    assertThat(problem()).contains("WORKER_MAX_NESTING");
  }

  @Test
  void theSizeIsLimited() {
    set("payload", "\"" + "x".repeat(1024 * 1024 - 2) + "\"");
    assertThat(decode()).isInstanceOf(Decoded.Event.class);
    set("payload", "\"" + "x".repeat(1024 * 1024 - 1) + "\"");
    assertThat(problem()).contains("WORKER_MAX_PAYLOAD_BYTES");
  }

  @Test
  void namesAreLimitedInCharactersNotInBytes() {
    set("event_id", "\uD83D\uDE00".repeat(255));
    assertThat(decode()).isInstanceOf(Decoded.Event.class);
    set("event_id", "x".repeat(256));
    assertThat(problem()).contains("WORKER_MAX_NAME_LENGTH");
  }

  @Test
  void aControlCharacterInANameIsNoEvent() {
    set("event_id", "a\nb");
    assertThat(problem()).contains("control character");
  }

  @Test
  void metadataThatIsNoObjectIsNoEvent() {
    set("metadata", "[1]");
    assertThat(problem()).contains("'metadata'", "object");
  }
}
