package dev.webhookworker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.RetryPolicy;
import dev.webhookworker.ToolSettings;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.crypto.FieldEncryption;
import dev.webhookworker.forward.Forwarding;
import dev.webhookworker.limit.ToolGates;
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
import dev.webhookworker.signature.SignatureVerifiers;
import dev.webhookworker.spi.EventProcessor;
import dev.webhookworker.spi.Tracing;
import dev.webhookworker.spi.WorkerListener;
import dev.webhookworker.tool.PayloadSchemas;
import dev.webhookworker.tool.ToolPlans;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PoisonTest {

  private final WorkerConfig config = WorkerConfig.defaults();
  private final InMemoryModule memory = InMemoryModule.create();
  private final EventStore store = memory.eventStore(config).orElseThrow();
  private final AtomicInteger runs = new AtomicInteger();
  private final EventProcessor counting = (event, context) -> runs.incrementAndGet();
  private final EntryReader entries = new EntryReader(config, List.of());
  private final EventPipeline pipeline =
      new PipelineParts(
              config,
              memory.eventStream(config).orElseThrow(),
              store,
              List.of(counting),
              List.of(),
              entries,
              new ToolPlans(List.of(), new PayloadSchemas(ToolSettings.DEFAULTS)),
              List.of(),
              SignatureVerifiers.OWN,
              new ToolGates(0, WorkerListener.NOOP),
              Clock.systemUTC(),
              new Random(1),
              new FieldEncryption(config.encryption()),
              Forwarding.of(
                  config,
                  memory.eventStream(config).orElseThrow(),
                  entries,
                  WorkerListener.NOOP,
                  Clock.systemUTC(),
                  new Random(1),
                  Tracing.NONE),
              Tracing.NONE)
          .build();

  private Outcome run(int unsettled) {
    EntryFields fields =
        EntryFields.of(Map.of("event_id", "1", "event_type", "push", "payload", "{}"));
    Delivery delivery =
        new Delivery(
            new Lease("1-0", Source.STREAM, unsettled + 1L),
            fields,
            AttemptState.NEW,
            unsettled,
            unsettled + 1L);
    Admitted admitted =
        new Admitted(delivery, new Claim("1", "1-0", "hash"), new Admission.Own(false));
    return pipeline.run(admitted, new Standing(delivery)).outcome();
  }

  private record Standing(Delivery delivery) implements Run {
    @Override
    public Instant deadline() {
      return Instant.MAX;
    }

    @Override
    public void limit(Duration timeout, RetryPolicy policy) {}

    @Override
    public boolean cancelled() {
      return false;
    }
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
