package dev.webhookworker.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.Secret;
import dev.webhookworker.SignaturePolicy;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.spi.SignatureVerifier;
import dev.webhookworker.spi.SignedRequest;
import dev.webhookworker.spi.TimeWindow;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.Verification;
import dev.webhookworker.tool.ToolConfigs;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignatureCheckTest {

  private static final Instant RECEIVED = Instant.parse("2026-01-01T00:00:00Z");

  private final SignatureCheck whenPresent =
      new SignatureCheck(SignatureVerifiers.OWN, SignaturePolicy.WHEN_PRESENT);
  private final SignatureCheck required =
      new SignatureCheck(SignatureVerifiers.OWN, SignaturePolicy.REQUIRED);
  private final Sender slack =
      Sender.all().filter(one -> one.name().equals("Slack")).findFirst().orElseThrow();

  private static ToolConfig tool(String webhookConfig) throws Exception {
    return ToolConfigs.fromJson(
        Json.MAPPER.readTree("{\"id\":\"t\",\"webhook_config\":" + webhookConfig + "}"));
  }

  private static WebhookEvent event(String metadata) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("event_id", "1");
    fields.put("event_type", "x");
    fields.put("payload", "{}");
    fields.put("metadata", metadata);
    return WebhookEvent.decoded(RECEIVED.toEpochMilli() + "-0", EntryFields.of(fields), "1", "x");
  }

  private WebhookEvent signedAt(Instant time) {
    ObjectNode metadata = Json.MAPPER.createObjectNode();
    metadata.set("headers", Json.MAPPER.valueToTree(slack.headers("s", "", "{}", time)));
    return event(metadata.toString());
  }

  @Test
  void anEventWithoutHeadersIsTrustedUnlessTheyAreRequired() throws Exception {
    ToolConfig tool = ToolConfigs.fromJson(slack.tool("t", "/t", List.of("s")));
    assertThatCode(() -> whenPresent.check(event("{}"), tool)).doesNotThrowAnyException();
    assertThatCode(() -> whenPresent.check(event("{\"headers\":{}}"), tool))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> required.check(event("{}"), tool))
        .isInstanceOf(SignatureInvalidException.class);
    ToolConfig strict =
        tool(
            "{\"auth_type\":\"bearer\",\"auth_config\":{\"token\":\"t\",\"require_headers\":true}}");
    assertThatThrownBy(() -> whenPresent.check(event("{}"), strict))
        .isInstanceOf(SignatureInvalidException.class);
  }

  @Test
  void nothingIsVerifiedWhereThatIsSwitchedOff() throws Exception {
    ToolConfig tool = ToolConfigs.fromJson(slack.tool("t", "/t", List.of("s")));
    SignatureCheck off = new SignatureCheck(SignatureVerifiers.OWN, SignaturePolicy.OFF);
    assertThatCode(() -> off.check(event("{\"headers\":{\"X-Other\":\"1\"}}"), tool))
        .doesNotThrowAnyException();
  }

  @Test
  void aToolWithoutAuthenticationIsNotAskedForProof() throws Exception {
    for (String config : List.of("{}", "{\"auth_type\":\"none\"}", "null")) {
      assertThatCode(() -> required.check(event("{}"), tool(config))).doesNotThrowAnyException();
    }
    assertThatCode(() -> required.check(event("{}"), ToolConfig.DEFAULT))
        .doesNotThrowAnyException();
  }

  @Test
  void theTimeThatCountsIsWhenTheEventWasReceivedNotWhenItRuns() throws Exception {
    ToolConfig tool = ToolConfigs.fromJson(slack.tool("t", "/t", List.of("s")));
    assertThatCode(() -> whenPresent.check(signedAt(RECEIVED.minusSeconds(300)), tool))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> whenPresent.check(signedAt(Instant.now()), tool))
        .isInstanceOf(SignatureInvalidException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'auth_type':'signature','auth_config':{'secret':'hush'}} | no signature scheme is named",
        "{'auth_type':'hmac','signature_header':'X','auth_config':{}} | needs a 'secret'",
        "{'auth_type':'hmac','signature_header':'X','signature_algorithm':'md5','auth_config':{'secret':'hush'}} | sha1, sha256, sha384, sha512",
        "{'auth_type':'hmac','signature_header':'X','auth_config':{'secret':'hush','encoding':'x'}} | neither hex nor base64",
        "{'auth_type':'bearer','auth_config':{'secrets':['hush',7]}} | empty or not a text",
        "{'auth_type':'basic','auth_config':{'username':'hush'}} | 'username' and 'password'",
        "{'auth_type':'bearer','auth_config':{'secret':'hush','tolerance':'2d'}} | ",
        "{'auth_type':'bearer','auth_config':{'secret':'hush','tolerance':0}} | from 1s to 24h",
        "{'auth_type':'signature','auth_config':{'scheme':'discord','secret':'hush'}} | 64 hexadecimal digits",
        "{'auth_type':'signature','auth_config':{'scheme':'svix','secret':'whpk_hush'}} | whpk_ and a public key"
      })
  void aConfigurationThatCannotBeUsedSaysWhatWouldBeRight(String config, String says)
      throws Exception {
    ToolConfig tool = tool(config.replace('\'', '"'));
    WebhookEvent event = event("{\"headers\":{\"Authorization\":\"Bearer hush\"}}");
    assertThatThrownBy(() -> whenPresent.check(event, tool))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining(says == null ? "" : says)
        .satisfies(problem -> assertThat(problem.getMessage()).doesNotContain("hush"));
  }

  @Test
  void aSchemeOfOnesOwnIsUsedByItsName() throws Exception {
    SignatureVerifier own =
        new SignatureVerifier() {
          @Override
          public String name() {
            return "acme";
          }

          @Override
          public Verification verify(
              SignedRequest request, List<Secret> secrets, TimeWindow window) {
            return secrets.get(0).reveal().equals(request.header("x-acme"))
                ? Verification.valid()
                : Verification.invalid(Verification.Reason.MISMATCH);
          }
        };
    SignatureCheck check =
        new SignatureCheck(SignatureVerifiers.with(List.of(own)), SignaturePolicy.REQUIRED);
    ToolConfig tool =
        tool(
            "{\"auth_type\":\"signature\",\"auth_config\":{\"scheme\":\"acme\",\"secret\":\"s\"}}");
    assertThatCode(() -> check.check(event("{\"headers\":{\"X-Acme\":\"s\"}}"), tool))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> check.check(event("{\"headers\":{\"X-Acme\":[\"s\",\"s\"]}}"), tool))
        .isInstanceOf(SignatureInvalidException.class);
  }
}
