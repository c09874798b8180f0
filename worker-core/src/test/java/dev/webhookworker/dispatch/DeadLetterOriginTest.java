package dev.webhookworker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.EncryptionSettings;
import dev.webhookworker.crypto.FieldEncryption;
import dev.webhookworker.pipeline.Conclusion;
import dev.webhookworker.pipeline.DeadReason;
import dev.webhookworker.pipeline.EventRejectedException;
import dev.webhookworker.pipeline.Outcome;
import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.DeadLetterRecord;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.Settlement;
import dev.webhookworker.port.Source;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Dead letters whose event was never decoded, or never came to its tool. */
class DeadLetterOriginTest {

  private final Settlements settlements =
      new Settlements(
          () -> "worker", Clock.systemUTC(), new FieldEncryption(EncryptionSettings.NONE), true);

  private static Delivery delivery(String authContext, String metadata) {
    return new Delivery(
        new Lease("1-0", Source.STREAM, 1, 1),
        EntryFields.of(
            Map.of("event_id", "id-1", "auth_context", authContext, "metadata", metadata)),
        AttemptState.NEW,
        0,
        false);
  }

  private static Conclusion dead(DeadReason reason) {
    return new Conclusion(
        null, null, new Outcome.Dead(reason, AttemptState.NEW, new EventRejectedException("no")));
  }

  private DeadLetterRecord record(Delivery delivery, DeadReason reason) {
    Settlement settled = settlements.settlement(delivery, null, dead(reason)).orElseThrow();
    return ((Settlement.Bury) settled).record();
  }

  @ParameterizedTest
  @EnumSource(
      value = DeadReason.class,
      names = {"POISON", "UNDECODABLE", "RETRIES_EXHAUSTED"})
  void tenantToolAndEventAreKnownWithoutADecodedEvent(DeadReason reason) {
    Delivery delivery = delivery("{\"tenant_id\":\"acme\"}", "{\"x\":{},\"tool_id\":\"crm\"}");
    assertThat(record(delivery, reason).tenantId()).isEqualTo("acme");
    assertThat(record(delivery, reason).toolId()).isEqualTo("crm");
    assertThat(settlements.audit(delivery, dead(reason)))
        .extracting(AuditEntry::eventId)
        .isEqualTo(List.of("id-1"));
  }

  @Test
  void whatCanBeReadOfMalformedJsonIsRead() {
    DeadLetterRecord record =
        record(delivery("{\"tenant_id\":\"acme\", oops", "[1]"), DeadReason.UNDECODABLE);
    assertThat(record.tenantId()).isEqualTo("acme");
    assertThat(record.toolId()).isNull();
  }
}
