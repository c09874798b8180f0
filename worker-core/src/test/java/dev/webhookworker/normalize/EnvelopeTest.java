package dev.webhookworker.normalize;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.CloudEvents;
import dev.webhookworker.Envelope;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.spi.ProcessingMode;
import dev.webhookworker.spi.ToolConfig;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvelopeTest {

  private static final Instant SENT = Instant.parse("2026-11-24T12:00:00Z");

  private static WebhookEvent event(String type, String header, String payload) {
    return WebhookEvent.decoded(
        "1764000000000-0",
        EntryFields.of(
            Map.of(
                "payload",
                payload,
                "metadata",
                "{\"headers\":{\"" + header + "\":\"x\"}}",
                "timestamp",
                SENT.toString())),
        "evt-1",
        type);
  }

  private static Envelope envelope(String type, String header, String payload) {
    return Envelope.of(event(type, header, payload), ToolConfig.DEFAULT);
  }

  @Test
  void gitHubAndGitea() {
    String payload =
        "{\"action\":\"opened\",\"issue\":{\"number\":7,\"html_url\":\"https://x/7\"},"
            + "\"repository\":{\"full_name\":\"o/r\",\"owner\":{\"login\":\"o\"}},"
            + "\"sender\":{\"login\":\"ada\"}}";
    Envelope expected =
        new Envelope("github", "issues.opened", "o/r#7", "ada", SENT, "o", "https://x/7");
    assertThat(envelope("issues", "X-GitHub-Event", payload)).isEqualTo(expected);
    assertThat(envelope("issues.opened", "X-GitHub-Event", payload)).isEqualTo(expected);
    assertThat(envelope("issues", "X-Gitea-Event", payload).source()).isEqualTo("gitea");
  }

  @Test
  void gitLab() {
    assertThat(
            envelope(
                "Merge Request Hook",
                "X-Gitlab-Event",
                "{\"object_kind\":\"merge_request\",\"user\":{\"username\":\"ada\"},"
                    + "\"project\":{\"path_with_namespace\":\"g/p\",\"namespace\":\"g\"},"
                    + "\"object_attributes\":{\"iid\":3,\"action\":\"open\",\"url\":\"https://x\"}}"))
        .isEqualTo(
            new Envelope("gitlab", "merge_request.open", "g/p!3", "ada", SENT, "g", "https://x"));
  }

  @Test
  void stripe() {
    assertThat(
            envelope(
                "invoice.paid",
                "Stripe-Signature",
                "{\"type\":\"invoice.paid\",\"created\":1764000000,\"data\":{\"object\":"
                    + "{\"id\":\"in_1\",\"object\":\"invoice\",\"customer\":\"cus_1\"}}}"))
        .isEqualTo(
            new Envelope(
                "stripe",
                "invoice.paid",
                "invoice/in_1",
                "cus_1",
                Instant.ofEpochSecond(1764000000),
                null,
                null));
  }

  @Test
  void slack() {
    assertThat(
            envelope(
                "event_callback",
                "X-Slack-Signature",
                "{\"type\":\"event_callback\",\"team_id\":\"T1\",\"event_time\":1764000000,"
                    + "\"event\":{\"type\":\"app_mention\",\"user\":\"U1\",\"channel\":\"C1\"}}"))
        .isEqualTo(
            new Envelope(
                "slack", "app_mention", "C1", "U1", Instant.ofEpochSecond(1764000000), "T1", null));
  }

  @Test
  void shopify() {
    Envelope envelope =
        envelope(
            "orders/create",
            "X-Shopify-Topic",
            "{\"id\":1,\"admin_graphql_api_id\":\"gid://shopify/Order/1\","
                + "\"customer\":{\"id\":9},\"updated_at\":\"2026-11-24T10:00:00-02:00\"}");
    assertThat(envelope)
        .isEqualTo(
            new Envelope(
                "shopify", "orders.create", "gid://shopify/Order/1", "9", SENT, null, null));
  }

  @Test
  void bitbucket() {
    assertThat(
            envelope(
                "pullrequest:created",
                "X-Event-Key",
                "{\"actor\":{\"nickname\":\"ada\"},\"pullrequest\":{\"id\":4},"
                    + "\"repository\":{\"full_name\":\"w/r\",\"workspace\":{\"slug\":\"w\"}}}"))
        .isEqualTo(
            new Envelope("bitbucket", "pullrequest.created", "w/r#4", "ada", SENT, "w", null));
  }

  @Test
  void discord() {
    assertThat(
            envelope(
                "1",
                "X-Signature-Ed25519",
                "{\"application_id\":\"5\",\"type\":1,\"event\":{\"type\":\"APPLICATION_AUTHORIZED\","
                    + "\"timestamp\":\"2026-11-24T12:00:00.000000\",\"data\":{\"guild\":{\"id\":\"6\"},"
                    + "\"user\":{\"username\":\"ada\"}}}}"))
        .isEqualTo(new Envelope("discord", "application_authorized", "6", "ada", SENT, "6", null));
  }

  @Test
  void anUnknownProviderKeepsItsToolsNameAndTheEntrysFields() {
    ToolConfig tool =
        new ToolConfig(
            "t", "t", "acme", "ten", true, ProcessingMode.STORE_ONLY, List.of(), null, null, null);
    WebhookEvent event =
        WebhookEvent.decoded(
            "1764000000000-0",
            EntryFields.of(Map.of("payload", "[]", "repo_name", "o/r", "sender_name", "ada")),
            "1",
            "built");
    assertThat(Envelope.of(event, tool))
        .isEqualTo(new Envelope("acme", "built", "o/r", "ada", event.receivedAt(), "ten", null));
  }

  @Test
  void whatAPayloadHoldsStaysOnOneLineAndIsCut() {
    String subject =
        envelope("x", "none", "{\"subject\":\"a\\n\\u202e\\ud800" + "b".repeat(999) + "\"}")
            .subject();
    assertThat(subject).hasSize(512).startsWith("a\uFFFD\uFFFD\uFFFDb");
  }

  @Test
  void aCloudEventHasWhatTheSpecificationAsksFor() {
    WebhookEvent event = event("issues", "X-GitHub-Event", "{\"action\":\"opened\"}");
    JsonNode json = CloudEvents.toJson(event, Envelope.of(event, ToolConfig.DEFAULT));
    assertThat(json.toString())
        .isEqualTo(
            "{\"specversion\":\"1.0\",\"id\":\"evt-1\",\"source\":\"urn:webhook:github\","
                + "\"type\":\"issues.opened\",\"time\":\"2026-11-24T12:00:00Z\","
                + "\"datacontenttype\":\"application/json\",\"data\":{\"action\":\"opened\"}}");
  }
}
