package dev.webhookworker.dlq;

import dev.webhookworker.DeadLetter;
import dev.webhookworker.DeadLetterResult;
import dev.webhookworker.DeadLetterRetry;
import dev.webhookworker.DlqSettings;
import dev.webhookworker.Limits;
import dev.webhookworker.crypto.DeadLetterEncryption;
import dev.webhookworker.crypto.DecryptionException;
import dev.webhookworker.pipeline.Claims;
import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.DeadLetterEntry;
import dev.webhookworker.port.DeadLetterQueue;
import dev.webhookworker.port.DeadLetterQueue.Reinjection;
import dev.webhookworker.port.DeadLetterTable;
import dev.webhookworker.port.DeadLetterView;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.DlqRetries;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.Source;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.spi.WorkerListener;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts dead letters back into the retry schedule: the line in the audit log first, then the queue,
 * then the mark in the table. A crash between these leaves a line too many or a row that the worker
 * of dead letters puts right. Thread-safe.
 */
final class Reinjector {

  private static final Logger LOG = LoggerFactory.getLogger(Reinjector.class);
  private static final int TRIES = 3;

  private final DeadLetterQueue queue;
  private final @Nullable DeadLetterTable table;
  private final AuditTrail audit;
  private final DeadLetterEncryption payloads;
  private final DlqSettings settings;
  private final Limits limits;
  private final WorkerListener listener;
  private final Clock clock;

  Reinjector(DlqParts parts) {
    queue = parts.queue();
    table = parts.table();
    audit = parts.audit();
    payloads = parts.payloads();
    settings = parts.settings();
    limits = parts.limits();
    listener = parts.listener();
    clock = parts.clock();
  }

  /** Puts it back as it is now, even if it was retried and failed again since it was looked up. */
  DeadLetterResult reinject(
      DeadLetterView.Found found,
      byte @Nullable [] payload,
      String actor,
      String action,
      @Nullable String detail)
      throws StreamUnavailableException, StoreUnavailableException, DecryptionException {
    for (int i = 0; i < TRIES; i++) {
      DeadLetterEntry entry = current(found);
      Reinjection put = write(found, entry, payload, actor, action, detail);
      if (put != Reinjection.CHANGED) {
        return result(put);
      }
    }
    return DeadLetterResult.RETRYING;
  }

  /** Puts it back only if it is the one that was looked up, whose retries were counted. */
  DeadLetterResult reinjectUnchanged(
      DeadLetterView.Found found, String actor, @Nullable String detail)
      throws StreamUnavailableException, StoreUnavailableException, DecryptionException {
    DeadLetterEntry entry = current(found);
    return entry.record().retries().count() == found.entry().record().retries().count()
        ? result(write(found, entry, null, actor, "dlq_retry", detail))
        : DeadLetterResult.RETRYING;
  }

  private DeadLetterEntry current(DeadLetterView.Found found) throws StreamUnavailableException {
    Optional<DeadLetterEntry> open = queue.find(found.summary().id());
    return open.isPresent() ? open.get() : restored(found);
  }

  private static DeadLetterResult result(Reinjection put) {
    return switch (put) {
      case DONE -> DeadLetterResult.DONE;
      case RETRYING, CHANGED -> DeadLetterResult.RETRYING;
      case MISSING -> DeadLetterResult.NOT_OPEN;
    };
  }

  private Reinjection write(
      DeadLetterView.Found found,
      DeadLetterEntry entry,
      byte @Nullable [] payload,
      String actor,
      String action,
      @Nullable String detail)
      throws StreamUnavailableException, StoreUnavailableException, DecryptionException {
    DeadLetter letter = found.summary();
    DeadLetterQueue.State state = queue.states(List.of(letter.id())).get(0);
    if (state == DeadLetterQueue.State.RETRYING) {
      mark(letter.id(), clock.instant());
      return Reinjection.RETRYING;
    }
    if (state == DeadLetterQueue.State.DISCARDED) {
      markDiscarded(letter.id());
      return Reinjection.MISSING;
    }
    EntryFields fields =
        payload == null ? opened(found, entry) : entry.fields().with(Map.of("payload", payload));
    Instant now = clock.instant();
    audit.write(List.of(line(letter, entry, action, now, actor, detail)));
    DeadLetterRetry retry = new DeadLetterRetry(now, actor);
    Claims claims = claims();
    Reinjection put = queue.reinject(List.of(revival(claims, entry, fields, retry))).get(0);
    if (put == Reinjection.DONE || put == Reinjection.RETRYING) {
      mark(letter.id(), now);
    }
    if (put == Reinjection.DONE) {
      tell(entry, actor);
    }
    return put;
  }

  /** The table has it as open, the queue has lost it. */
  private DeadLetterEntry restored(DeadLetterView.Found found) throws StreamUnavailableException {
    if (table == null) {
      return found.entry();
    }
    DeadLetterEntry restored = queue.restore(found.entry());
    if (queue.states(List.of(found.summary().id())).get(0).isOpen()) {
      LOG.atWarn()
          .addKeyValue("entry_id", found.summary().id())
          .log("Redis has lost an open dead letter; it was restored from the table");
    }
    return restored;
  }

  /** As received. The table may have it under a newer key than the queue. */
  private EntryFields opened(DeadLetterView.Found found, DeadLetterEntry entry)
      throws DecryptionException {
    try {
      return payloads.open(entry);
    } catch (DecryptionException unreadable) {
      if (found.entry().position().equals(entry.position())) {
        return payloads.open(found.entry());
      }
      throw unreadable;
    }
  }

  static AuditEntry line(
      DeadLetter letter,
      DeadLetterEntry entry,
      String action,
      Instant now,
      String actor,
      @Nullable String detail) {
    int retry = entry.record().retries().count() + 1;
    return new AuditEntry(letter.id(), letter.eventId(), action, now, retry, actor, detail);
  }

  Claims claims() throws StreamUnavailableException {
    long key = queue.hashKey();
    return new Claims(limits, () -> key);
  }

  /** What is put into the queue: this retry counted. */
  DeadLetterQueue.Revival revival(
      Claims claims, DeadLetterEntry entry, EntryFields fields, DeadLetterRetry retry) {
    DlqRetries retries = entry.record().retries().with(retry);
    Lease lease = new Lease(entry.entryId(), Source.RETRY, 0, 0);
    return new DeadLetterQueue.Revival(
        entry,
        fields,
        entry.retried(retries),
        claims.of(new Delivery(lease, fields, AttemptState.NEW, 0, false)));
  }

  private void mark(String entryId, Instant at) throws StoreUnavailableException {
    if (table != null) {
      table.retrying(List.of(entryId), at);
    }
  }

  /** Whoever discarded it ended between the queue and the table. */
  private void markDiscarded(String entryId) throws StoreUnavailableException {
    if (table != null) {
      table.discarding(List.of(entryId), clock.instant());
      table.discarded(List.of(entryId));
    }
  }

  /** To the listener, and a warning when it goes on and on. */
  void tell(DeadLetterEntry entry, String actor) {
    int retry = entry.record().retries().count() + 1;
    listener.deadLetterRetried(entry.eventType());
    if (retry >= settings.warnAfter()) {
      LOG.atWarn()
          .addKeyValue("entry_id", entry.entryId())
          .addKeyValue("event_id", entry.eventId())
          .addKeyValue("retries", retry)
          .addKeyValue("actor", actor)
          .log("A dead letter is retried again and again: mend its cause or discard it");
    }
  }
}
