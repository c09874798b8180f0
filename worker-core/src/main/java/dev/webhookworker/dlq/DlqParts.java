package dev.webhookworker.dlq;

import dev.webhookworker.DlqSettings;
import dev.webhookworker.Limits;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.DeadLetterQueue;
import dev.webhookworker.port.DeadLetterTable;
import dev.webhookworker.port.DeadLetterView;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.spi.WorkerListener;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * What dealing with dead letters needs.
 *
 * @param name of the queue
 * @param table null when there is none
 * @param view the table, else the queue
 */
record DlqParts(
    String name,
    DeadLetterQueue queue,
    @Nullable DeadLetterTable table,
    DeadLetterView view,
    AuditTrail audit,
    DlqSettings settings,
    Limits limits,
    WorkerListener listener,
    Clock clock) {

  static DlqParts of(
      WorkerConfig config,
      EventStream stream,
      @Nullable EventStore store,
      WorkerListener listener,
      Clock clock) {
    DeadLetterQueue queue = stream.deadLetters();
    DeadLetterTable table = store == null ? null : store.deadLetters().orElse(null);
    return new DlqParts(
        config.dlqName(),
        queue,
        table,
        table == null ? new QueueView(queue, config.dlq()) : table,
        new AuditTrail(queue, store),
        config.dlq(),
        config.limits(),
        listener,
        clock);
  }
}
