package dev.webhookworker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.EncryptionSettings;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.crypto.FieldEncryption;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.pipeline.Admitted;
import dev.webhookworker.pipeline.Conclusion;
import dev.webhookworker.pipeline.DeadReason;
import dev.webhookworker.pipeline.EventRejectedException;
import dev.webhookworker.pipeline.Outcome;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.ProcessedEvents;
import dev.webhookworker.port.StoreResult;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.spi.WorkerListener;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SettlementBatchTest {

  private static final Clock CLOCK = Clock.systemUTC();

  private final InMemoryModule memory = InMemoryModule.create();
  private final EventStream stream =
      memory.eventStream(WorkerConfig.builder().consumerName("one").build()).orElseThrow();
  private final HeldEvents held = new HeldEvents();
  private final Outage storeOutage = new Outage("event store", "test", new Random(1));

  @Test
  void whatNeedsNoStoreIsSettledBeforeTheStoreIsAsked() throws Exception {
    stream.open();
    memory.publish("1", "push", "{}");
    memory.publish("2", "push", "{}");
    List<Delivery> deliveries = stream.read(2, Duration.ZERO);
    StoreThatIsAway away = new StoreThatIsAway();
    SettlementBatch batch =
        new SettlementBatch(
            new SettlementBatch.Ports(
                stream,
                away,
                held,
                new Settlements(
                    stream::consumerName,
                    CLOCK,
                    new FieldEncryption(EncryptionSettings.NONE),
                    true),
                new SettledFacts(new WorkerListener() {}),
                new Outage("event stream", "test", new Random(1)),
                storeOutage,
                new Vitals(WorkerListener.NOOP),
                Clocks.of(CLOCK),
                Duration.ofMinutes(1).toNanos()),
            "settling");
    batch.add(finished(deliveries.get(0), processed(deliveries.get(0))));
    batch.add(
        finished(
            deliveries.get(1),
            new Outcome.Dead(
                DeadReason.UNDECODABLE,
                deliveries.get(1).state(),
                new EventRejectedException("no JSON"))));

    Duration pause = batch.settle(false);

    assertThat(away.deadLettersWhenAsked).isEqualTo(1);
    assertThat(pause).isPositive();
    assertThat(batch.size()).as("the processed one waits for the store").isEqualTo(1);
    assertThat(storeOutage.isOn()).isTrue();
  }

  private Finished finished(Delivery delivery, Outcome outcome) {
    HeldEvent event = new HeldEvent(delivery, System.nanoTime(), Clocks.of(CLOCK));
    event.admitted(new Admitted(delivery, null, null));
    held.add(event);
    return new Finished(event, new Conclusion(null, null, outcome));
  }

  private static Outcome processed(Delivery delivery) {
    EventRecord record = ProcessedEvents.record(delivery.entryId(), "1");
    return new Outcome.Processed(record, false, Duration.ZERO);
  }

  private final class StoreThatIsAway implements EventStore {

    private int deadLettersWhenAsked = -1;

    @Override
    public List<StoreResult> store(List<EventRecord> records, List<AuditEntry> audit)
        throws StoreUnavailableException {
      deadLettersWhenAsked = memory.deadLetters().size();
      throw new StoreUnavailableException("away", null);
    }

    @Override
    public void open() {}

    @Override
    public boolean isStored(String eventId, String entryId) {
      return false;
    }

    @Override
    public void ping() {}

    @Override
    public void close() {}
  }
}
