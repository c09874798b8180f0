package dev.webhookworker.redis;

import dev.webhookworker.dlq.EditVersions;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.DeadLetterEntry;
import dev.webhookworker.port.DeadLetterQueue;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.EntryIds;
import dev.webhookworker.port.PayloadEdit;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol;

/** The DLQ stream, its index and what belongs to them. Thread-safe. */
final class RedisDeadLetters implements DeadLetterQueue {

  private static final int AUDIT_LINES = 10_000;
  private static final UnreadableEntries UNREADABLE_LINES =
      new UnreadableEntries("A line of the audit stream can't be read: it is not shown");

  private final RedisConnections redis;
  private final RedisKeys keys;
  private final Duration ttl;
  private final HashKey hashKey;
  private final ReplyBounds bounds;
  private final RedisEdits edits;

  RedisDeadLetters(
      RedisConnections redis, RedisKeys keys, Duration ttl, HashKey hashKey, ReplyBounds bounds) {
    this.bounds = bounds;
    this.redis = redis;
    this.keys = keys;
    this.ttl = ttl;
    this.hashKey = hashKey;
    edits = new RedisEdits(redis, keys);
  }

  @Override
  public long hashKey() throws StreamUnavailableException {
    return hashKey.get();
  }

  @Override
  public List<DeadLetterEntry> after(@Nullable String position, int max)
      throws StreamUnavailableException {
    String from = position == null ? "-" : "(" + position;
    return bounded(StreamEntries.ask(keys.dlq(), bounds, from, "+", max));
  }

  @Override
  public List<DeadLetterEntry> before(@Nullable String position, int max)
      throws StreamUnavailableException {
    String from = position == null ? "+" : "(" + position;
    return bounded(StreamEntries.askBackwards(keys.dlq(), bounds, from, "-", max));
  }

  private List<DeadLetterEntry> bounded(Command entries) throws StreamUnavailableException {
    List<DeadLetterEntry> page = new ArrayList<>();
    StreamEntries.of(redis.run(entries))
        .forEach((position, fields) -> page.add(DeadLetterFields.read(position, fields)));
    return page;
  }

  private List<DeadLetterEntry> page(Command range) throws StreamUnavailableException {
    return entries(redis.run(range));
  }

  private static List<DeadLetterEntry> entries(@Nullable Object range) {
    List<DeadLetterEntry> page = new ArrayList<>();
    for (Object reply : Replies.list(range)) {
      List<?> entry = Replies.list(reply);
      page.add(DeadLetterFields.read(Replies.text(entry.get(0)), Replies.fields(entry.get(1))));
    }
    return page;
  }

  @Override
  public Optional<DeadLetterEntry> find(String entryId) throws StreamUnavailableException {
    Object position = redis.run(Command.of(Protocol.Command.HGET, keys.deadLetters(), entryId));
    if (position == null || !EntryIds.isEntryId(Replies.text(position))) {
      return Optional.empty();
    }
    return page(Command.of(Protocol.Command.XRANGE, keys.dlq(), position, position)).stream()
        .findFirst();
  }

  @Override
  public List<DeadLetterEntry> find(List<String> entryIds) throws StreamUnavailableException {
    if (entryIds.isEmpty()) {
      return List.of();
    }
    List<Object> wanted = new ArrayList<>();
    wanted.add(keys.deadLetters());
    wanted.addAll(entryIds);
    Object positions = redis.run(Command.of(Protocol.Command.HMGET, wanted.toArray()));
    List<Command> ranges = new ArrayList<>();
    for (Object position : Replies.list(positions)) {
      if (position != null && EntryIds.isEntryId(Replies.text(position))) {
        ranges.add(Command.of(Protocol.Command.XRANGE, keys.dlq(), position, position));
      }
    }
    List<DeadLetterEntry> found = new ArrayList<>(ranges.size());
    if (!ranges.isEmpty()) {
      redis.run(ranges).forEach(range -> found.addAll(entries(range)));
    }
    return found;
  }

  @Override
  public List<State> states(List<String> entryIds) throws StreamUnavailableException {
    if (entryIds.isEmpty()) {
      return List.of();
    }
    Object reply =
        redis.run(
            Command.call(
                Script.DEAD_STATES,
                List.of(keys.retry(), keys.deadLetters(), keys.discarded()),
                entryIds));
    return Replies.list(reply).stream().map(RedisDeadLetters::state).toList();
  }

  private static State state(@Nullable Object reply) {
    return State.valueOf(Replies.text(reply).toUpperCase(Locale.ROOT));
  }

  @Override
  public List<Reinjection> reinject(List<Revival> revivals) throws StreamUnavailableException {
    ScriptCalls calls =
        new ScriptCalls(
            Script.REINJECT,
            List.of(keys.retry(), keys.retryData(), keys.deadLetters()),
            List.of(ttl.toMillis()));
    for (int i = 0; i < revivals.size(); i++) {
      Revival revival = revivals.get(i);
      DeadLetterEntry entry = revival.entry();
      Claim claim = revival.claim();
      calls.add(
          i,
          claim == null ? keys.noMark() : keys.mark(claim.eventId()),
          List.of(
              entry.entryId(),
              entry.position(),
              new RetryFrame(revival.state(), revival.fields()).encode(),
              entry.record().fencingToken(),
              claim == null ? "" : claim.owner()),
          revival.fields().byteSize());
    }
    List<Command> commands = new ArrayList<>();
    calls.addTo(commands);
    Reinjection[] results = new Reinjection[revivals.size()];
    if (!commands.isEmpty()) {
      calls.answers(
          redis.run(commands),
          0,
          (place, answer) ->
              results[place] = Reinjection.valueOf(Replies.text(answer).toUpperCase(Locale.ROOT)));
    }
    return List.of(results);
  }

  @Override
  public DeadLetterEntry restore(DeadLetterEntry entry) throws StreamUnavailableException {
    List<Object> arguments = new ArrayList<>();
    arguments.add(entry.entryId());
    arguments.addAll(DeadLetterFields.of(entry.entryId(), entry.fields(), entry.record()));
    Object position =
        redis.run(
            Command.call(
                Script.RESTORE,
                List.of(keys.dlq(), keys.deadLetters(), keys.retry(), keys.discarded()),
                arguments));
    if (position == null) {
      return entry;
    }
    return new DeadLetterEntry(
        Replies.text(position), entry.entryId(), entry.fields(), entry.record());
  }

  @Override
  public List<State> discard(List<String> entryIds) throws StreamUnavailableException {
    if (entryIds.isEmpty()) {
      return List.of();
    }
    Object reply =
        redis.run(
            Command.call(
                Script.DISCARD,
                List.of(keys.retry(), keys.dlq(), keys.deadLetters(), keys.discarded()),
                entryIds));
    return Replies.list(reply).stream().map(RedisDeadLetters::state).toList();
  }

  @Override
  public boolean lease(String role, String owner, Duration time) throws StreamUnavailableException {
    Object holder =
        redis.run(
            Command.call(Script.NAME, List.of(keys.role(role)), owner, time.toMillis(), "", "0"));
    return Replies.text(holder).isEmpty();
  }

  @Override
  public void giveUp(String role, String owner) throws StreamUnavailableException {
    redis.run(Command.call(Script.DROP_NAME, List.of(keys.role(role)), owner));
  }

  @Override
  public void audit(List<AuditEntry> entries) throws StreamUnavailableException {
    if (entries.isEmpty()) {
      return;
    }
    List<Command> commands = new ArrayList<>(entries.size());
    for (AuditEntry entry : entries) {
      commands.add(
          Command.of(
              Protocol.Command.XADD,
              keys.deadLetterAudit(),
              "MAXLEN",
              "~",
              AUDIT_LINES,
              "*",
              "entry_id",
              entry.entryId(),
              "event_id",
              entry.eventId(),
              "action",
              entry.action(),
              "at",
              entry.at().toString(),
              "attempt",
              entry.attempt(),
              "actor",
              entry.actor(),
              "detail",
              entry.detail() == null ? "" : entry.detail()));
    }
    redis.run(commands);
  }

  @Override
  public Optional<String> keep(PayloadEdit edit) throws StreamUnavailableException {
    return Optional.of(edits.keep(edit));
  }

  @Override
  public List<AuditEntry> story(String eventId) throws StreamUnavailableException {
    List<EntryFields> lines = new ArrayList<>();
    Command all =
        Command.of(
            Protocol.Command.XREVRANGE, keys.deadLetterAudit(), "+", "-", "COUNT", AUDIT_LINES);
    for (Object reply : Replies.list(redis.run(all))) {
      EntryFields line = Replies.fields(Replies.list(reply).get(1));
      if (eventId.equals(line.text("event_id"))) {
        lines.add(line);
      }
    }
    Collections.reverse(lines);
    boolean edited = lines.stream().anyMatch(line -> EditVersions.isNamedIn(line.text("detail")));
    Map<String, EditVersions> kept = edited ? edits.of(eventId) : Map.of();
    return lines.stream().map(line -> line(line, eventId, kept)).flatMap(Optional::stream).toList();
  }

  /** Empty when it can't be read. */
  private static Optional<AuditEntry> line(
      EntryFields line, String eventId, Map<String, EditVersions> kept) {
    try {
      return Optional.of(
          new AuditEntry(
              text(line, "entry_id"),
              eventId,
              text(line, "action"),
              Instant.parse(text(line, "at")),
              Integer.parseInt(text(line, "attempt")),
              text(line, "actor"),
              EditVersions.shownIn(line.text("detail"), kept)));
    } catch (RuntimeException damaged) {
      UNREADABLE_LINES.tell(text(line, "entry_id") + "/" + text(line, "at"), damaged);
      return Optional.empty();
    }
  }

  private static String text(EntryFields line, String field) {
    String value = line.text(field);
    return value == null ? "" : value;
  }

  @Override
  public List<String> publish(List<EntryFields> events) throws StreamUnavailableException {
    if (events.isEmpty()) {
      return List.of();
    }
    List<Command> commands = new ArrayList<>(events.size());
    for (EntryFields event : events) {
      List<Object> arguments = new ArrayList<>();
      arguments.add(keys.stream());
      arguments.add("*");
      event.forEach(
          (name, value) -> {
            arguments.add(name);
            arguments.add(value);
          });
      commands.add(Command.of(Protocol.Command.XADD, arguments.toArray()));
    }
    return redis.run(commands).stream().map(Replies::text).toList();
  }
}
