package dev.webhookworker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.dispatch.Pipelines;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.port.Admission;
import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.Source;
import dev.webhookworker.port.StoreResult;
import dev.webhookworker.port.TransactionLostException;
import dev.webhookworker.port.TransactionalInbox;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The store's connection breaks under a handler in the transactional inbox. */
class LostTransactionTest {

  private final WorkerConfig config = WorkerConfig.defaults();
  private final InMemoryModule memory = InMemoryModule.create();
  private final EventPipeline pipeline =
      Pipelines.with(
          config,
          memory.eventStream(config).orElseThrow(),
          new AwayInMidTransaction(),
          Clock.systemUTC(),
          (event, context) -> {});

  /** A store whose transactions all break. */
  private static final class AwayInMidTransaction implements EventStore {
    @Override
    public void open() {}

    @Override
    public boolean isStored(String eventId, String entryId) {
      return false;
    }

    @Override
    public List<StoreResult> store(List<EventRecord> records, List<AuditEntry> audit) {
      return List.of();
    }

    @Override
    public Optional<TransactionalInbox> inbox() {
      return Optional.of(
          (key, work) -> {
            throw new TransactionLostException("connection lost", new IOException("reset"));
          });
    }

    @Override
    public void ping() {}

    @Override
    public void close() {}
  }

  private Outcome run(AttemptState state) {
    EntryFields fields =
        EntryFields.of(Map.of("event_id", "1", "event_type", "push", "payload", "{}"));
    Delivery delivery = new Delivery(new Lease("1-0", Source.RETRY, 1, 1), fields, state, 0, false);
    Admitted admitted =
        new Admitted(delivery, new Claim("1", "1-0", "hash"), new Admission.Own(false));
    return pipeline.run(admitted, new StandingRun(delivery)).outcome();
  }

  @Test
  void anOutageCostsNoAttemptAndEachOneIsWaitedForLonger() {
    Outcome.Snooze first = (Outcome.Snooze) run(AttemptState.NEW);
    assertThat(first.state().failures()).isZero();
    assertThat(first.state().outages()).isEqualTo(1);
    Outcome.Snooze second = (Outcome.Snooze) run(first.state());
    assertThat(second.delay()).isGreaterThan(first.delay());
  }

  @Test
  void anOutageThatOnlyOneEventHasEndsAsItsFailure() {
    AttemptState state = AttemptState.NEW;
    int uncounted = 0;
    Outcome outcome = run(state);
    while (outcome instanceof Outcome.Snooze snooze) {
      assertThat(++uncounted).isLessThan(20);
      state = snooze.state();
      outcome = run(state);
    }
    assertThat(uncounted).isEqualTo(8);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Retry.class,
            retry -> {
              assertThat(retry.state().failures()).isEqualTo(1);
              assertThat(retry.state().outages()).isZero();
              assertThat(retry.cause()).hasMessage("reset");
            });
  }
}
