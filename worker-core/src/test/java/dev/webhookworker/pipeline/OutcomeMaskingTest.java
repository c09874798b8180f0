package dev.webhookworker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.DeadLetterRetry;
import dev.webhookworker.EncryptionSettings;
import dev.webhookworker.Secret;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.crypto.FieldEncryption;
import dev.webhookworker.port.Attempt;
import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.DlqRetries;
import dev.webhookworker.spi.ToolConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutcomeMaskingTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final FieldEncryption encryption =
      new FieldEncryption(
          new EncryptionSettings(
              List.of("/mail"),
              Map.of("k1", Secret.of(Base64.getEncoder().encodeToString(new byte[32])))));
  private final WebhookEvent event =
      WebhookEvent.of("1", "push", "{\"mail\":\"alice@example.org\"}");

  @Test
  void masksTheMessageAndForgetsNothingElseOfTheState() {
    DlqRetries retries = DlqRetries.NONE.with(new DeadLetterRetry(NOW, "alice"));
    IllegalStateException failure = new IllegalStateException("no mailbox alice@example.org");
    AttemptState state =
        new AttemptState(0, 2, null, List.of(), Set.of("first"), retries)
            .failed(new Attempt(1, NOW, "java.lang.IllegalStateException", failure.getMessage()));
    Outcome.Retry masked =
        (Outcome.Retry)
            OutcomeMasking.masked(
                new Outcome.Retry(state, Duration.ofSeconds(1), failure),
                encryption,
                event,
                ToolConfig.DEFAULT);
    assertThat(masked.cause().getMessage()).contains("no mailbox").doesNotContain("alice@");
    assertThat(masked.state().attempts().get(0).message()).doesNotContain("alice@");
    assertThat(masked.state())
        .usingRecursiveComparison()
        .ignoringFields("attempts")
        .isEqualTo(state);
  }
}
