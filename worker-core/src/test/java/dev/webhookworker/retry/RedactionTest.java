package dev.webhookworker.retry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "can't reach redis://worker:hidden-1@host:6379/0",
        "can't reach https://hidden-1@host/x",
        "login failed: password=hidden-1",
        "{\"password\": \"hidden-1\"}",
        "db_password='hidden-1 with spaces'",
        "api_key: hidden-1, more",
        "X-Hub-Signature: hidden-1",
        "Authorization: Bearer hidden-1",
        "got Bearer hidden-1abc",
        "client_secret=hidden-1&x=1",
        "key whsk_hidden-1hidden-1",
        "https://host/x?sv=1&sig=hidden-1&se=2",
        "X-Sig: hidden-1",
        "Cookie: a=b; session=hidden-1",
        "Set-Cookie: session=hidden-1; Path=/",
        "got {\\\"password\\\":\\\"hidden-1\\\",\\\"a\\\":1}",
        "-----BEGIN PRIVATE KEY-----\nhidden-1\n-----END PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nhidden-1"
      })
  void aCredentialIsTakenOut(String message) {
    assertThat(Redaction.redact(message)).doesNotContain("hidden-1").contains("***");
  }

  @Test
  void aKnownTokenIsTakenOutWhereverItStands() {
    String github = "ghp_" + "a1B2".repeat(9);
    String stripe = "sk_" + "live_" + "abcdefghij0123";
    assertThat(Redaction.redact("used " + github + " and " + stripe)).isEqualTo("used *** and ***");
  }

  @Test
  void whatIsLeftStaysReadable() {
    assertThat(Redaction.redact("design: config=x assigned=1"))
        .isEqualTo("design: config=x assigned=1");
    assertThat(Redaction.redact("timeout after 3 s at https://host/path?x=1"))
        .isEqualTo("timeout after 3 s at https://host/path?x=1");
  }

  @Test
  void aMessageIsOneLineAndShort() {
    String redacted = Redaction.redact("first\nsecond\r\n" + "x".repeat(10_000));
    assertThat(redacted).startsWith("first second").doesNotContain("\n", "\r");
    assertThat(redacted.length()).isLessThanOrEqualTo(Redaction.MAX_LENGTH + 1);
  }

  @Test
  void aJsonErrorDoesNotQuoteThePayload() {
    JsonProcessingException error =
        Assertions.catchThrowableOfType(
            JsonProcessingException.class,
            () -> new ObjectMapper().readTree("{\"card\": hidden-1}"));
    assertThat(error.getMessage()).contains("hidden");
    assertThat(Redaction.messageOf(error)).doesNotContain("hidden");
  }

  @Test
  void anErrorWithoutAMessageIsNamed() {
    assertThat(Redaction.messageOf(new IllegalStateException()))
        .isEqualTo("java.lang.IllegalStateException");
  }
}
