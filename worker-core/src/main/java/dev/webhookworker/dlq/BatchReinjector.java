package dev.webhookworker.dlq;

import dev.webhookworker.DeadLetter;
import dev.webhookworker.DeadLetterResult;
import dev.webhookworker.DeadLetterRetry;
import dev.webhookworker.crypto.DecryptionException;
import dev.webhookworker.pipeline.Claims;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.DeadLetterEntry;
import dev.webhookworker.port.DeadLetterQueue.Reinjection;
import dev.webhookworker.port.DeadLetterQueue.Revival;
import dev.webhookworker.port.DeadLetterQueue.State;
import dev.webhookworker.port.DeadLetterView;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts many dead letters back at once, in the steps of {@link Reinjector}, each step for all of
 * them: a crash in between leaves for each what it leaves for one. For one thread.
 */
final class BatchReinjector {

  private static final Logger LOG = LoggerFactory.getLogger(BatchReinjector.class);

  /** Most at once; what a crash may leave as lines of acts that were not done. */
  private static final int MOST = 200;

  /** What came of one. */
  enum Sent {
    DONE,
    /** It is no open dead letter any more, or was retried by somebody else meanwhile. */
    LEFT,
    /** Its payload does not open with the keys at hand. */
    UNREADABLE
  }

  private final DlqParts parts;
  private final Reinjector reinjector;
  private final PageSize size = new PageSize(MOST);

  BatchReinjector(DlqParts parts, Reinjector reinjector) {
    this.parts = parts;
    this.reinjector = reinjector;
  }

  /** How many the next call should have at most. */
  int room() {
    return size.next();
  }

  /**
   * Puts back those that are still as they were looked up.
   *
   * @param letters that were open when they were looked up, whole or without payload
   * @return one answer for each, in order
   */
  List<Sent> reinject(List<DeadLetter> letters, String actor, @Nullable String detail)
      throws StreamUnavailableException, StoreUnavailableException {
    List<String> ids = letters.stream().map(DeadLetter::id).toList();
    Map<String, DeadLetterEntry> entries = new HashMap<>();
    parts.queue().find(ids).forEach(entry -> entries.put(entry.entryId(), entry));
    List<State> states = parts.queue().states(ids);
    Claims claims = reinjector.claims();
    Instant now = parts.clock().instant();
    Sent[] results = new Sent[letters.size()];
    Arrays.fill(results, Sent.LEFT);
    List<Integer> places = new ArrayList<>();
    List<Revival> revivals = new ArrayList<>();
    List<AuditEntry> lines = new ArrayList<>();
    List<String> retrying = new ArrayList<>();
    for (int i = 0; i < results.length; i++) {
      DeadLetter letter = letters.get(i);
      DeadLetterEntry entry = entries.get(letter.id());
      if (states.get(i) == State.RETRYING) {
        retrying.add(letter.id());
      } else if (entry == null) {
        results[i] = alone(letter, actor, detail);
      } else if (entry.record().retries().count() == letter.retryCount()) {
        EntryFields fields = opened(entry);
        if (fields == null) {
          results[i] = alone(letter, actor, detail);
        } else {
          places.add(i);
          revivals.add(reinjector.revival(claims, entry, fields, new DeadLetterRetry(now, actor)));
          lines.add(Reinjector.line(letter, entry, "dlq_retry", now, actor, detail));
        }
      }
    }
    parts.audit().write(lines);
    List<Reinjection> put = parts.queue().reinject(revivals);
    for (int i = 0; i < put.size(); i++) {
      DeadLetterEntry entry = revivals.get(i).entry();
      if (put.get(i) == Reinjection.DONE) {
        results[places.get(i)] = Sent.DONE;
        reinjector.tell(entry, actor);
      }
      if (put.get(i) == Reinjection.DONE || put.get(i) == Reinjection.RETRYING) {
        retrying.add(entry.entryId());
      }
    }
    if (parts.table() != null) {
      parts.table().retrying(retrying, now);
    }
    if (!entries.isEmpty()) {
      size.fit(
          entries.size(),
          entries.values().stream().mapToLong(entry -> entry.fields().byteSize()).sum());
    }
    return List.of(results);
  }

  private @Nullable EntryFields opened(DeadLetterEntry entry) {
    try {
      return parts.payloads().open(entry);
    } catch (DecryptionException tableMayHaveIt) {
      return null;
    }
  }

  /** One that the queue has lost, or has under a key that is gone: the table may have it. */
  private Sent alone(DeadLetter letter, String actor, @Nullable String detail)
      throws StreamUnavailableException, StoreUnavailableException {
    DeadLetterView.Found found = parts.view().find(letter.id()).orElse(null);
    if (found == null
        || found.summary().status() != letter.status()
        || found.summary().retryCount() != letter.retryCount()) {
      return Sent.LEFT;
    }
    try {
      return reinjector.reinjectUnchanged(found, actor, detail) == DeadLetterResult.DONE
          ? Sent.DONE
          : Sent.LEFT;
    } catch (DecryptionException unreadable) {
      LOG.atWarn()
          .addKeyValue("entry_id", letter.id())
          .addKeyValue("problem", unreadable.getMessage())
          .log("A dead letter is left out until its payload opens");
      return Sent.UNREADABLE;
    }
  }
}
