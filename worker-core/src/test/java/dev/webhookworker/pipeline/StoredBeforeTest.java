package dev.webhookworker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.IdReuse;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.port.Admission;
import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.ProcessedEvents;
import dev.webhookworker.port.Source;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the store is asked before an event runs whose mark was free. */
class StoredBeforeTest {

  private static final Claim CLAIM = new Claim("1", "1-0", "hash");

  private final WorkerConfig config = WorkerConfig.defaults();
  private final InMemoryModule memory = InMemoryModule.create();
  private final EventStore store = memory.eventStore(config).orElseThrow();
  private final IdempotencyCheck check =
      new IdempotencyCheck(memory.eventStream(config).orElseThrow(), store, IdReuse.DEAD_LETTER);

  @BeforeEach
  void storeTheEvent() throws Exception {
    store.store(List.of(ProcessedEvents.record("1-0", "1")), List.of());
  }

  private static Admitted fresh(boolean mayBeStored) {
    Delivery delivery =
        new Delivery(
            new Lease("1-0", Source.STREAM, 1, 1),
            EntryFields.of(Map.of("event_id", "1", "event_type", "push", "payload", "{}")),
            AttemptState.NEW,
            0,
            mayBeStored);
    return new Admitted(delivery, CLAIM, Admission.FRESH);
  }

  @Test
  void aFreshMarkIsNotTrustedWhereTheQueueMayHaveLostOne() throws Exception {
    assertThat(check.check(fresh(true), CLAIM, null))
        .isEqualTo(new Outcome.SettledBefore("it was stored", true));
  }

  @Test
  void aFreshMarkIsTrustedOtherwiseSoThatOrdinaryEventsCostNoQuestion() throws Exception {
    assertThat(check.check(fresh(false), CLAIM, null)).isNull();
  }
}
