package dev.webhookworker.dlq;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.webhookworker.ErasureFilter;
import dev.webhookworker.crypto.DeadLetterEncryption;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.port.DeadLetterEntry;
import dev.webhookworker.port.EncryptionContext;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.EventKey;
import dev.webhookworker.port.PayloadEdit;
import dev.webhookworker.port.QueueUpkeep;
import dev.webhookworker.port.StreamUnavailableException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds whose dead letters, retries and edits in the queue a filter names. For one search. */
final class QueuedSubjects {

  private static final int PAGE = 100;

  private final DlqParts parts;
  private final QueueUpkeep queue;
  private final ErasureFilter filter;

  QueuedSubjects(DlqParts parts, QueueUpkeep queue, ErasureFilter filter) {
    this.parts = parts;
    this.queue = queue;
    this.filter = filter;
  }

  Set<EventKey> find() throws StreamUnavailableException {
    Set<EventKey> found = new LinkedHashSet<>();
    deadLetters(found);
    retries(found);
    edits(found);
    return found;
  }

  private void retries(Set<EventKey> found) throws StreamUnavailableException {
    @Nullable String cursor = QueueUpkeep.START;
    do {
      QueueUpkeep.Page<QueueUpkeep.Waiting> page = queue.waiting(cursor);
      for (QueueUpkeep.Waiting waiting : page.items()) {
        note(waiting.entryId(), waiting.fields(), tenantOf(waiting.fields()), found);
      }
      cursor = page.next();
    } while (cursor != null);
  }

  private void edits(Set<EventKey> found) throws StreamUnavailableException {
    @Nullable String cursor = QueueUpkeep.START;
    do {
      QueueUpkeep.Page<PayloadEdit> page = queue.edits(cursor);
      for (PayloadEdit edit : page.items()) {
        note(
            new EventKey(edit.eventId(), edit.entryId()),
            edit.tenantId(),
            List.of(edit.before(), edit.after()),
            found);
      }
      cursor = page.next();
    } while (cursor != null);
  }

  private void deadLetters(Set<EventKey> found) throws StreamUnavailableException {
    @Nullable String position = null;
    List<DeadLetterEntry> page;
    do {
      page = parts.queue().after(position, PAGE);
      for (DeadLetterEntry entry : page) {
        note(entry.entryId(), entry.fields(), entry.record().tenantId(), found);
        position = entry.position();
      }
    } while (!page.isEmpty());
  }

  private void note(
      String entryId, EntryFields fields, @Nullable String tenantId, Set<EventKey> found) {
    String eventId = Objects.requireNonNullElse(fields.text("event_id"), "");
    note(
        new EventKey(eventId, entryId),
        tenantId,
        List.of(DeadLetterEncryption.text(fields)),
        found);
  }

  private void note(
      EventKey key, @Nullable String tenantId, List<String> payloads, Set<EventKey> found) {
    boolean wanted =
        (filter.tenantId() == null || filter.tenantId().equals(tenantId))
            && (filter.eventIds().isEmpty() || filter.eventIds().contains(key.eventId()))
            && payloads.stream()
                .anyMatch(
                    payload ->
                        hasSubject(
                            EncryptionContext.ofDeadLetter(tenantId, key.entryId(), key.eventId()),
                            payload));
    if (wanted) {
      found.add(key);
    }
  }

  private boolean hasSubject(EncryptionContext context, String payload) {
    String subject = filter.subject();
    if (subject == null) {
      return true;
    }
    try {
      return Json.MAPPER
          .readTree(parts.encryption().decrypt(context, payload).text())
          .at(JsonPointer.compile(subject))
          .asText()
          .equals(filter.value());
    } catch (JsonProcessingException notJson) {
      return false;
    }
  }

  private static @Nullable String tenantOf(EntryFields fields) {
    String context = fields.text("auth_context");
    if (context == null) {
      return null;
    }
    try {
      return Json.MAPPER.readTree(context).path("tenant_id").textValue();
    } catch (JsonProcessingException notJson) {
      return null;
    }
  }
}
