package dev.webhookworker.dlq;

import static dev.webhookworker.dlq.DlqParts.asked;

import dev.webhookworker.BulkRetryPlan;
import dev.webhookworker.BulkRetryProgress;
import dev.webhookworker.DeadLetter;
import dev.webhookworker.DeadLetterDetails;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterGroup;
import dev.webhookworker.DeadLetterPage;
import dev.webhookworker.DeadLetterResult;
import dev.webhookworker.DeadLetters;
import dev.webhookworker.crypto.DeadLetterEncryption;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.DeadLetterQueue;
import dev.webhookworker.port.DeadLetterTable;
import dev.webhookworker.port.DeadLetterView;
import dev.webhookworker.port.EncryptionContext;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.PayloadEdit;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What people do about dead letters, by the table where there is one. Thread-safe. */
public final class DlqHandler implements DeadLetters {

  private static final int LARGEST_PAGE = 1000;
  private static final int PURGE_PAGE = 500;

  private final DlqParts parts;
  private final Reinjector reinjector;
  private final @Nullable String tenantId;

  private DlqHandler(DlqParts parts, @Nullable String tenantId) {
    this.parts = parts;
    this.tenantId = tenantId;
    reinjector = new Reinjector(parts);
  }

  public static DlqHandler of(DlqParts parts) {
    return new DlqHandler(parts, null);
  }

  @Override
  public DeadLetters forTenant(String tenant) {
    if (tenantId != null && !tenantId.equals(tenant)) {
      throw new IllegalArgumentException("this view is another tenant's");
    }
    return new DlqHandler(parts, tenant);
  }

  private DeadLetterFilter mine(DeadLetterFilter filter) {
    if (tenantId == null || tenantId.equals(filter.tenantId())) {
      return filter;
    }
    if (filter.tenantId() != null) {
      throw new IllegalArgumentException("the filter names another tenant than this view's");
    }
    return filter.withTenantId(tenantId);
  }

  private Optional<DeadLetterView.Found> find(String id)
      throws StreamUnavailableException, StoreUnavailableException {
    return parts
        .view()
        .find(id)
        .filter(found -> tenantId == null || tenantId.equals(found.summary().tenantId()));
  }

  @Override
  public DeadLetterPage list(DeadLetterFilter filter, @Nullable String cursor, int limit) {
    if (limit < 1 || limit > LARGEST_PAGE) {
      throw new IllegalArgumentException(
          "limit is " + limit + "; it must be from 1 to " + LARGEST_PAGE);
    }
    return asked(() -> parts.view().page(mine(filter), cursor, limit, false));
  }

  @Override
  public long count(DeadLetterFilter filter) {
    return asked(() -> parts.view().count(mine(filter)));
  }

  @Override
  public List<DeadLetterGroup> groups(DeadLetterFilter filter, int limit) {
    return asked(() -> parts.view().groups(mine(filter), limit));
  }

  @Override
  public Optional<DeadLetterDetails> show(String id) {
    return asked(
        () ->
            find(id)
                .map(
                    found ->
                        Summaries.details(
                            found,
                            DeadLetterEncryption.masked(found.entry().fields()),
                            warnings(found.summary()))));
  }

  @Override
  public Optional<DeadLetterDetails> reveal(String id, String actor) {
    return asked(
        () -> {
          DeadLetterView.Found found = find(id).orElse(null);
          if (found == null) {
            return Optional.empty();
          }
          DeadLetter letter = found.summary();
          String payload = DeadLetterEncryption.text(parts.payloads().open(found.entry()));
          parts.audit().write(List.of(line(letter, "payload_revealed", actor, null)));
          return Optional.of(Summaries.details(found, payload, warnings(letter)));
        });
  }

  private AuditEntry line(DeadLetter letter, String action, String actor, @Nullable String detail) {
    return new AuditEntry(
        letter.id(),
        letter.eventId(),
        action,
        parts.clock().instant(),
        letter.retryCount(),
        actor,
        detail);
  }

  private List<String> warnings(DeadLetter letter) {
    return letter.retryCount() < parts.settings().warnAfter()
        ? List.of()
        : List.of(
            "retried "
                + letter.retryCount()
                + " times as a dead letter and failed again: mend its cause or discard it");
  }

  @Override
  public DeadLetterResult retry(String id, String actor) {
    return asked(
        () -> {
          DeadLetterView.Found found = find(id).orElse(null);
          return found == null || !found.summary().status().isOpen()
              ? DeadLetterResult.NOT_OPEN
              : reinjector.reinject(found, null, actor, "dlq_retry", null);
        });
  }

  @Override
  public DeadLetterResult retryEdited(String id, String payload, String actor, String reason) {
    return asked(
        () -> {
          DeadLetterView.Found found = find(id).orElse(null);
          if (found == null || !found.summary().status().isOpen()) {
            return DeadLetterResult.NOT_OPEN;
          }
          EntryFields edited = parts.payloads().edited(found.entry(), payload);
          PayloadEdit edit =
              new PayloadEdit(
                  id,
                  found.summary().eventId(),
                  found.summary().tenantId(),
                  DeadLetterEncryption.text(found.entry().fields()),
                  DeadLetterEncryption.text(
                      parts.payloads().encrypt(EncryptionContext.of(found.entry()), edited, true)));
          String line = parts.audit().edited(edit, reason);
          byte[] bytes = edited.bytes("payload");
          return reinjector.reinject(found, bytes, actor, "dlq_retry_edited", line);
        });
  }

  @Override
  public BulkRetryProgress retryAll(
      DeadLetterFilter filter,
      BulkRetryPlan plan,
      String actor,
      Consumer<BulkRetryProgress> watcher) {
    return asked(() -> new BulkRetry(parts, reinjector, plan, actor, watcher).run(mine(filter)));
  }

  @Override
  public DeadLetterResult discard(String id, String actor, String reason) {
    return asked(
        () -> {
          DeadLetterView.Found found = find(id).orElse(null);
          return found == null || !found.summary().status().isOpen()
              ? DeadLetterResult.NOT_OPEN
              : discard(List.of(found.summary()), actor, "dlq_discarded", reason) == 1
                  ? DeadLetterResult.DONE
                  : DeadLetterResult.RETRYING;
        });
  }

  /** Gives up those that are not being retried; how many. */
  private int discard(
      List<DeadLetter> letters, String actor, String action, @Nullable String reason)
      throws StreamUnavailableException, StoreUnavailableException {
    List<DeadLetterQueue.State> before = parts.queue().states(ids(letters));
    List<DeadLetter> idle = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      if (before.get(i) != DeadLetterQueue.State.RETRYING) {
        idle.add(letters.get(i));
      }
    }
    parts.audit().write(idle.stream().map(one -> line(one, action, actor, reason)).toList());
    return new Discard(parts).begin(ids(idle));
  }

  private static List<String> ids(List<DeadLetter> letters) {
    return letters.stream().map(DeadLetter::id).toList();
  }

  @Override
  public long purge(Instant deadBefore, String actor) {
    return asked(
        () -> {
          long gone = 0;
          DeadLetterFilter old = mine(DeadLetterFilter.OPEN).withDead(null, deadBefore);
          @Nullable String cursor = null;
          do {
            DeadLetterPage page = parts.view().page(old, cursor, PURGE_PAGE, true);
            gone += discard(page.items(), actor, "dlq_purged", "older than " + deadBefore);
            cursor = page.next();
          } while (cursor != null);
          DeadLetterTable table = parts.table();
          // What was discarded just now is counted once.
          return table == null ? gone : Math.max(gone, table.purge(deadBefore, tenantId));
        });
  }
}
