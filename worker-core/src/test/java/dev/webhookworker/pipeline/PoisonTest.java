package dev.webhookworker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.dispatch.Pipelines;
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
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PoisonTest {

  private final WorkerConfig config = WorkerConfig.defaults();
  private final InMemoryModule memory = InMemoryModule.create();
  private final EventStore store = memory.eventStore(config).orElseThrow();
  private final AtomicInteger runs = new AtomicInteger();
  private final EventPipeline pipeline =
      Pipelines.with(
          config,
          memory.eventStream(config).orElseThrow(),
          store,
          Clock.systemUTC(),
          (event, context) -> runs.incrementAndGet());

  private Outcome run(int unsettled) {
    EntryFields fields =
        EntryFields.of(Map.of("event_id", "1", "event_type", "push", "payload", "{}"));
    Delivery delivery =
        new Delivery(
            new Lease("1-0", Source.STREAM, unsettled + 1L, unsettled + 1L),
            fields,
            AttemptState.NEW,
            unsettled,
            false);
    Admitted admitted =
        new Admitted(delivery, new Claim("1", "1-0", "hash"), new Admission.Own(false));
    return pipeline.run(admitted, new StandingRun(delivery)).outcome();
  }

  @Test
  void anEntryInFlightAtTooManyUncleanEndsIsBuriedUnprocessed() {
    assertThat(run(config.maxDeliveries()))
        .isInstanceOfSatisfying(
            Outcome.Dead.class, dead -> assertThat(dead.reason()).isEqualTo(DeadReason.POISON));
    assertThat(runs).hasValue(0);
  }

  @Test
  void beforeThatItRuns() {
    assertThat(run(config.maxDeliveries() - 1)).isInstanceOf(Outcome.Processed.class);
    assertThat(runs).hasValue(1);
  }

  @Test
  void whatWasStoredAndOnlyNeverAcknowledgedIsNoPoison() throws Exception {
    store.store(List.of(ProcessedEvents.record("1-0", "1")), List.of());
    assertThat(run(config.maxDeliveries())).isInstanceOf(Outcome.SettledBefore.class);
    assertThat(runs).hasValue(0);
  }
}
