package dev.webhookworker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.DeadLetterRetry;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.dispatch.Pipelines;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.port.Admission;
import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.DlqRetries;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.ProcessedEvents;
import dev.webhookworker.port.Source;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A dead letter that is run again, long after its mark has run out. */
class DeadLetterRetryTest {

  private static final String ENTRY = "1000-1";

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

  private Outcome retry() {
    EntryFields fields =
        EntryFields.of(Map.of("event_id", "1", "event_type", "push", "payload", "{}"));
    DlqRetries once = DlqRetries.NONE.with(new DeadLetterRetry(Instant.EPOCH, "ann"));
    Delivery delivery =
        new Delivery(
            new Lease(ENTRY, Source.RETRY, 1, 1),
            fields,
            new AttemptState(0, 0, null, List.of(), Set.of(), once),
            0,
            false);
    Admitted admitted =
        new Admitted(delivery, new Claim("1", ENTRY, "hash"), new Admission.Fresh());
    return pipeline.run(admitted, new StandingRun(delivery)).outcome();
  }

  @Test
  void aReusedIdRunsAlthoughTheFirstEventOfThatIdIsStored() throws Exception {
    store.store(List.of(ProcessedEvents.record("1000-0", "1")), List.of());
    assertThat(retry()).isInstanceOf(Outcome.Processed.class);
    assertThat(runs).hasValue(1);
  }

  @Test
  void anEventThatWasSentAgainAndStoredMeanwhileIsADuplicate() throws Exception {
    store.store(List.of(ProcessedEvents.record("2000-0", "1")), List.of());
    assertThat(retry()).isEqualTo(new Outcome.Duplicate("2000-0"));
    assertThat(runs).hasValue(0);
  }

  @Test
  void whatWasStoredByItsOwnEntryIsNotRun() throws Exception {
    store.store(List.of(ProcessedEvents.record(ENTRY, "1")), List.of());
    assertThat(retry()).isInstanceOf(Outcome.SettledBefore.class);
    assertThat(runs).hasValue(0);
  }
}
