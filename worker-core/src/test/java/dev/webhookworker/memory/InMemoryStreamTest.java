package dev.webhookworker.memory;

import dev.webhookworker.MovableClock;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.EventStreamConformance;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

class InMemoryStreamTest extends EventStreamConformance {

  private final MovableClock clock = new MovableClock(Instant.parse("2026-01-02T03:04:05Z"));
  private final InMemoryModule memory = InMemoryModule.create(clock);

  InMemoryStreamTest() throws StreamUnavailableException {
    // The queue is made with the first stream.
    stream("nobody");
  }

  @Override
  protected EventStream stream(String consumer) throws StreamUnavailableException {
    WorkerConfig config =
        WorkerConfig.builder()
            .consumerName(consumer)
            .visibilityTimeout(VISIBILITY)
            .maxDeliveries(MAX_DELIVERIES)
            .build();
    EventStream stream = memory.eventStream(config).orElseThrow();
    stream.open();
    return stream;
  }

  @Override
  protected String publish(Map<String, String> fields) {
    return memory.publish(fields);
  }

  @Override
  protected void loseDeadLetters() {
    memory.loseDeadLetters();
  }

  @Override
  protected void timePasses(Duration duration) {
    clock.advance(duration);
  }
}
