package dev.webhookworker.dispatch;

import dev.webhookworker.WebhookEvent;
import dev.webhookworker.pipeline.Conclusion;
import dev.webhookworker.pipeline.Outcome;
import dev.webhookworker.retry.Redaction;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.Tracing.Telling;
import dev.webhookworker.spi.WorkerListener;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Tells log and listeners what became of an event, once it is durable. Thread-safe. */
final class SettledFacts {

  private static final Logger LOG = LoggerFactory.getLogger("dev.webhookworker.outcome");

  private final WorkerListener listener;
  private final LongAdder processed = new LongAdder();
  private final LongAdder duplicates = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final LongAdder dead = new LongAdder();

  SettledFacts(WorkerListener listener) {
    this.listener = listener;
  }

  void settled(Finished finished) {
    try (Telling telling = finished.held().trace().settled()) {
      tell(finished);
    }
  }

  private void tell(Finished finished) {
    Conclusion conclusion = finished.conclusion();
    Outcome outcome = conclusion.outcome();
    if (outcome instanceof Outcome.Processed done) {
      processed.increment();
      listener.processed(
          Objects.requireNonNull(conclusion.event()),
          Objects.requireNonNullElse(conclusion.toolId(), ToolConfig.DEFAULT_ID),
          done.record().attempt(),
          done.handlerTime());
      if (LOG.isDebugEnabled()) {
        line(LOG.atDebug(), finished).log("Processed");
      }
    } else if (outcome instanceof Outcome.Stale) {
      listener.stale(
          type(finished), Objects.requireNonNullElse(conclusion.toolId(), ToolConfig.DEFAULT_ID));
      line(LOG.atInfo(), finished)
          .log("Not processed: a newer version of its resource is done; stored");
    } else if (outcome instanceof Outcome.Duplicate duplicate) {
      duplicates.increment();
      listener.duplicate(type(finished));
      line(LOG.atDebug(), finished)
          .addKeyValue("owner_entry_id", duplicate.ownerEntryId())
          .log("Duplicate acknowledged");
    } else if (outcome instanceof Outcome.SettledBefore before) {
      line(LOG.atDebug(), finished)
          .addKeyValue("how", before.how())
          .log("Acknowledged an entry that was settled before");
    } else if (outcome instanceof Outcome.Retry retry) {
      retries.increment();
      int attempt = retry.state().failures();
      listener.retryScheduled(type(finished), attempt, retry.delay(), retry.cause());
      if (LOG.isInfoEnabled()) {
        line(LOG.atInfo(), finished)
            .addKeyValue("attempt", attempt)
            .addKeyValue("delay_ms", retry.delay().toMillis())
            .addKeyValue("error", Redaction.messageOf(retry.cause()))
            .log("Attempt failed; retry scheduled");
      }
    } else if (outcome instanceof Outcome.Snooze snooze) {
      listener.snoozed(type(finished), snooze.delay());
      line(LOG.atDebug(), finished)
          .addKeyValue("delay_ms", snooze.delay().toMillis())
          .addKeyValue("why", snooze.why())
          .log("Put off");
    } else if (outcome instanceof Outcome.Dead buried) {
      dead.increment();
      listener.deadLettered(type(finished), buried.reason().code());
      line(LOG.atWarn(), finished)
          .addKeyValue("reason", buried.reason().code())
          .addKeyValue("attempts", buried.state().failures())
          .addKeyValue("error", Redaction.messageOf(buried.cause()))
          .log("Became a dead letter");
    }
  }

  void leaseLost(Finished finished) {
    try (Telling telling = finished.held().trace().settled()) {
      listener.leaseLost(type(finished));
      line(LOG.atInfo(), finished).log("Lease lost to another worker; the outcome is discarded");
    }
  }

  void batchSettled(int outcomes, long nanos) {
    listener.settled(outcomes, Duration.ofNanos(nanos));
  }

  long processed() {
    return processed.sum();
  }

  long duplicates() {
    return duplicates.sum();
  }

  long retriesScheduled() {
    return retries.sum();
  }

  long deadLettered() {
    return dead.sum();
  }

  private static String type(Finished finished) {
    WebhookEvent event = finished.conclusion().event();
    if (event != null) {
      return event.eventType();
    }
    return ClaimedType.of(finished.held().delivery().fields());
  }

  private static LoggingEventBuilder line(LoggingEventBuilder line, Finished finished) {
    WebhookEvent event = finished.conclusion().event();
    LoggingEventBuilder withEntry =
        line.addKeyValue("entry_id", finished.held().delivery().entryId());
    if (event == null) {
      return withEntry;
    }
    LoggingEventBuilder withEvent =
        withEntry
            .addKeyValue("event_id", event.eventId())
            .addKeyValue("event_type", event.eventType())
            .addKeyValue("correlation_id", event.correlationId());
    String toolId = finished.conclusion().toolId();
    return toolId == null ? withEvent : withEvent.addKeyValue("tool_id", toolId);
  }
}
