package dev.webhookworker.memory;

import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.DeadLetterEntry;
import dev.webhookworker.port.DeadLetterQueue;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.EntryIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The open dead letters of a queue in memory. Thread-safe: all is guarded by the queue. */
final class InMemoryDeadLetters implements DeadLetterQueue {

  private final InMemoryStream.InMemoryQueue queue;

  InMemoryDeadLetters(InMemoryStream.InMemoryQueue queue) {
    this.queue = queue;
  }

  @Override
  public long hashKey() {
    return queue.hashKey();
  }

  @Override
  public List<DeadLetterEntry> after(@Nullable String position, int max) {
    return entries().stream()
        .filter(e -> position == null || EntryIds.compare(e.position(), position) > 0)
        .limit(max)
        .toList();
  }

  @Override
  public List<DeadLetterEntry> before(@Nullable String position, int max) {
    List<DeadLetterEntry> newestFirst = new ArrayList<>(entries());
    Collections.reverse(newestFirst);
    return newestFirst.stream()
        .filter(e -> position == null || EntryIds.compare(e.position(), position) < 0)
        .limit(max)
        .toList();
  }

  private List<DeadLetterEntry> entries() {
    return queue.deadLetters().stream().map(InMemoryDeadLetter::entry).toList();
  }

  @Override
  public Optional<DeadLetterEntry> find(String entryId) {
    return queue.deadLetter(entryId);
  }

  @Override
  public List<DeadLetterEntry> find(List<String> entryIds) {
    return entryIds.stream().map(this::find).flatMap(Optional::stream).toList();
  }

  @Override
  public List<State> states(List<String> entryIds) {
    synchronized (queue) {
      return entryIds.stream().map(queue::stateOf).toList();
    }
  }

  @Override
  public List<Reinjection> reinject(List<Revival> revivals) {
    return revivals.stream().map(this::reinject).toList();
  }

  private Reinjection reinject(Revival revival) {
    DeadLetterEntry entry = revival.entry();
    synchronized (queue) {
      Optional<DeadLetterEntry> open = queue.deadLetter(entry.entryId());
      if (open.isEmpty()) {
        return Reinjection.MISSING;
      }
      if (queue.stateOf(entry.entryId()) == State.RETRYING) {
        return Reinjection.RETRYING;
      }
      if (!open.get().position().equals(entry.position())) {
        return Reinjection.CHANGED;
      }
      queue.schedule(
          entry.entryId(),
          revival.fields(),
          revival.state(),
          entry.record().fencingToken(),
          revival.claim());
      return Reinjection.DONE;
    }
  }

  @Override
  public DeadLetterEntry restore(DeadLetterEntry entry) {
    synchronized (queue) {
      return queue
          .deadLetter(entry.entryId())
          .orElseGet(
              () ->
                  queue.stateOf(entry.entryId()) == State.DISCARDED
                      ? entry
                      : queue.bury(entry.entryId(), entry.fields(), entry.record()));
    }
  }

  @Override
  public List<State> discard(List<String> entryIds) {
    return entryIds.stream().map(queue::discard).toList();
  }

  @Override
  public boolean lease(String role, String owner, Duration ttl) {
    return queue.roles().take(role, owner, queue.clock().instant().plus(ttl));
  }

  @Override
  public void giveUp(String role, String owner) {
    queue.roles().giveUp(role, owner);
  }

  @Override
  public void audit(List<AuditEntry> entries) {
    synchronized (queue) {
      queue.audit().addAll(entries);
    }
  }

  @Override
  public List<AuditEntry> story(String eventId) {
    synchronized (queue) {
      return queue.audit().stream().filter(line -> line.eventId().equals(eventId)).toList();
    }
  }

  @Override
  public List<String> publish(List<EntryFields> events) {
    return events.stream().map(queue::add).toList();
  }
}
