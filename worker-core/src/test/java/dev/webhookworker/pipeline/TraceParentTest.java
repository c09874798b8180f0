package dev.webhookworker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhookworker.OutgoingEvent;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.spi.TraceParent;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SPAN = "b7ad6b7169203331";
  private static final String TEXT = "00-" + TRACE + "-" + SPAN + "-01";

  @Test
  void aWellFormedOneIsReadAndWritten() {
    assertThat(TraceParent.parse(TEXT)).contains(new TraceParent(TRACE, SPAN, true));
    assertThat(new TraceParent(TRACE, SPAN, true).text()).isEqualTo(TEXT);
    assertThat(new TraceParent(TRACE, SPAN, false).text()).endsWith("-00");
    assertThat(TraceParent.parse("00-" + TRACE + "-" + SPAN + "-02").orElseThrow().sampled())
        .isFalse();
    assertThat(TraceParent.parse("cc-" + TRACE + "-" + SPAN + "-01-what.comes.later")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nX-Evil: 1",
        "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
        "\uFF10\uFF10-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x"
      })
  void everythingElseIsNothing(String text) {
    assertThat(TraceParent.parse(text)).isEmpty();
  }

  @Test
  void whatIsMadeIsCheckedToo() {
    assertThatThrownBy(() -> new TraceParent("x".repeat(32), SPAN, true))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TraceParent(TRACE, "0".repeat(16), true))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static WebhookEvent event(String metadata) {
    return WebhookEvent.decoded(
        "1-0", EntryFields.of(Map.of("payload", "{}", "metadata", metadata)), "1", "push");
  }

  @Test
  void anEventNamesItInItsMetadataOrItsHeaders() {
    assertThat(TraceParent.of(WebhookEvent.of("1", "push", "{}"))).isEmpty();
    assertThat(TraceParent.of(event("{\"traceparent\":\"" + TEXT + "\"}"))).isPresent();
    assertThat(TraceParent.of(event("{\"headers\":{\"Traceparent\":\"" + TEXT + "\"}}")))
        .isPresent();
    for (String hostile :
        new String[] {
          "{\"traceparent\":7}",
          "{\"traceparent\":{\"a\":1}}",
          "{\"traceparent\":null,\"headers\":[1]}",
          "{\"headers\":{\"traceparent\":[\"" + TEXT + "\"]}}",
          "[1]",
          "7"
        }) {
      assertThat(TraceParent.of(event(hostile))).as(hostile).isEmpty();
    }
  }

  @Test
  void anOutgoingEventNamesItBesideTheRestOfItsMetadata() {
    TraceParent place = new TraceParent(TRACE, SPAN, true);
    OutgoingEvent plain = OutgoingEvent.of("1", "push", "{}");
    assertThat(plain.hasTraceParent()).isFalse();
    assertThat(plain.withTraceParent(place).fields())
        .containsEntry("metadata", "{\"traceparent\":\"" + TEXT + "\"}");
    assertThat(plain.withMetadata("{\"a\":1.50}").withTraceParent(place).fields().get("metadata"))
        .isEqualTo("{\"a\":1.50,\"traceparent\":\"" + TEXT + "\"}");
    assertThat(plain.withMetadata("no json").withTraceParent(place).fields())
        .containsEntry("metadata", "no json");
  }
}
