package dev.webhookworker.dlq;

import dev.webhookworker.DeadLetters;
import dev.webhookworker.DlqSettings;
import dev.webhookworker.Limits;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.crypto.DeadLetterEncryption;
import dev.webhookworker.crypto.DecryptionException;
import dev.webhookworker.crypto.FieldEncryption;
import dev.webhookworker.port.DeadLetterQueue;
import dev.webhookworker.port.DeadLetterTable;
import dev.webhookworker.port.DeadLetterView;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.spi.WorkerListener;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * What dealing with dead letters and stored events needs.
 *
 * @param name of the queue
 * @param table null when there is none
 * @param view the table and what it refuses, else the queue
 */
public record DlqParts(
    String name,
    DeadLetterQueue queue,
    @Nullable DeadLetterTable table,
    DeadLetterView view,
    AuditTrail audit,
    DlqSettings settings,
    Limits limits,
    WorkerListener listener,
    Clock clock,
    FieldEncryption encryption) {

  public static DlqParts of(
      WorkerConfig config,
      EventStream stream,
      @Nullable EventStore store,
      WorkerListener listener,
      Clock clock,
      FieldEncryption encryption) {
    DeadLetterQueue queue = stream.deadLetters();
    DeadLetterTable table = store == null ? null : store.deadLetters().orElse(null);
    QueueView inQueue = new QueueView(queue, config.dlq());
    return new DlqParts(
        config.dlqName(),
        queue,
        table,
        table == null ? inQueue : new TableView(table, inQueue),
        new AuditTrail(queue, store),
        config.dlq(),
        config.limits(),
        listener,
        clock,
        encryption);
  }

  DeadLetterEncryption payloads() {
    return new DeadLetterEncryption(encryption);
  }

  /** What the public API asks of queue and store. */
  interface Question<T> {
    T ask() throws StreamUnavailableException, StoreUnavailableException, DecryptionException;
  }

  /** The answer, or the exception that the public API promises. */
  static <T> T asked(Question<T> question) {
    try {
      return question.ask();
    } catch (StreamUnavailableException | StoreUnavailableException away) {
      throw new DeadLetters.UnavailableException(away);
    } catch (DecryptionException unreadable) {
      throw new DeadLetters.UnreadableException(unreadable);
    }
  }
}
