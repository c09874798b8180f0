package dev.webhookworker.redis;

import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.EntryIds;
import dev.webhookworker.port.EventKey;
import dev.webhookworker.port.PayloadEdit;
import dev.webhookworker.port.QueueUpkeep;
import dev.webhookworker.port.StreamUnavailableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol;

/**
 * Scans of retries and marks in bounded pages, and what is done with what they find. Thread-safe.
 */
final class RedisUpkeep implements QueueUpkeep {

  private static final int RETRIES_A_PAGE = 10;
  private static final int MARKS_A_PAGE = 500;
  private static final int FORGOTTEN_AT_ONCE = 200;

  private final RedisConnections redis;
  private final RedisKeys keys;
  private final ReplyBounds bounds;
  private final RedisEdits edits;

  RedisUpkeep(RedisConnections redis, RedisKeys keys, ReplyBounds bounds) {
    this.redis = redis;
    this.keys = keys;
    this.bounds = bounds;
    edits = new RedisEdits(redis, keys);
  }

  @Override
  public Page<Waiting> waiting(String cursor) throws StreamUnavailableException {
    List<?> reply =
        Replies.list(
            redis.run(
                Command.of(
                    Protocol.Command.HSCAN, keys.retryData(), cursor, "COUNT", RETRIES_A_PAGE)));
    List<?> flat = Replies.list(reply.get(1));
    List<Waiting> items = new ArrayList<>();
    for (int i = 0; i + 1 < flat.size(); i += 2) {
      String name = Replies.text(flat.get(i));
      // Beside the frame there are its counters, named <entry id>#…
      if (EntryIds.isEntryId(name) && flat.get(i + 1) instanceof byte[] frame) {
        items.add(new Waiting(name, RetryFrame.decode(frame).fields()));
      }
    }
    return new Page<>(items, next(reply));
  }

  private static @Nullable String next(List<?> reply) {
    String next = Replies.text(reply.get(0));
    return next.equals(START) ? null : next;
  }

  @Override
  public Forgotten forget(List<EventKey> events) throws StreamUnavailableException {
    int entries = 0;
    int marks = 0;
    for (int from = 0; from < events.size(); from += FORGOTTEN_AT_ONCE) {
      List<Command> commands = new ArrayList<>();
      for (EventKey event :
          events.subList(from, Math.min(events.size(), from + FORGOTTEN_AT_ONCE))) {
        commands.add(
            Command.call(
                Script.FORGET,
                List.of(
                    keys.stream(),
                    keys.retry(),
                    keys.retryData(),
                    keys.dlq(),
                    keys.deadLetters(),
                    event.eventId().isEmpty() ? keys.noMark() : keys.mark(event.eventId())),
                keys.group(),
                event.entryId(),
                event.eventId().isEmpty() ? "0" : "1"));
      }
      for (Object reply : redis.run(commands)) {
        entries += (int) Replies.number(Replies.list(reply).get(0));
        marks += (int) Replies.number(Replies.list(reply).get(1));
      }
    }
    edits.forget(events.stream().map(EventKey::entryId).collect(Collectors.toSet()));
    return new Forgotten(entries, marks);
  }

  @Override
  public Page<PayloadEdit> edits(String cursor) throws StreamUnavailableException {
    return edits.page(cursor);
  }

  @Override
  public Page<Mark> marks(String cursor) throws StreamUnavailableException {
    List<?> reply =
        Replies.list(
            redis.run(
                Command.of(
                    Protocol.Command.SCAN,
                    cursor,
                    "MATCH",
                    literally(keys.idempotencyPrefix()) + "*",
                    "COUNT",
                    MARKS_A_PAGE)));
    List<byte[]> names = new ArrayList<>(List.of(keys.stream(), keys.retry(), keys.deadLetters()));
    int others = names.size();
    for (Object name : Replies.list(reply.get(1))) {
      if (name instanceof byte[] bytes) {
        names.add(bytes);
      }
    }
    if (names.size() == others) {
      return new Page<>(List.of(), next(reply));
    }
    List<?> traces = Replies.list(redis.run(Command.call(Script.TRACE, names, keys.group())));
    List<Mark> marks = new ArrayList<>();
    for (int i = 0; i < traces.size(); i++) {
      List<?> trace = Replies.list(traces.get(i));
      if (!trace.isEmpty()) {
        String name = new String(names.get(others + i), StandardCharsets.UTF_8);
        String owner = Replies.text(trace.get(0));
        marks.add(
            new Mark(
                new EventKey(
                    name.substring(keys.idempotencyPrefix().length()),
                    owner.substring(0, owner.indexOf(':'))),
                owner,
                Replies.number(trace.get(1)) == 1));
      }
    }
    return new Page<>(marks, next(reply));
  }

  /** A pattern that matches just this. */
  private static String literally(String text) {
    return text.replaceAll("([\\\\*?\\[\\]^])", "\\\\$1");
  }

  @Override
  public boolean isInStream(Mark mark) throws StreamUnavailableException {
    return entry(mark) != null;
  }

  private @Nullable EntryFields entry(Mark mark) throws StreamUnavailableException {
    String id = mark.key().entryId();
    return StreamEntries.of(redis.run(StreamEntries.ask(keys.stream(), bounds, id, id, 1))).get(id);
  }

  @Override
  public boolean requeue(Mark mark) throws StreamUnavailableException {
    EntryFields fields = entry(mark);
    return fields != null
        && fields.withheld() == 0
        && Replies.number(
                redis.run(
                    Command.call(
                        Script.REQUEUE,
                        List.of(
                            keys.stream(),
                            keys.retry(),
                            keys.retryData(),
                            keys.deadLetters(),
                            keys.mark(mark.key().eventId()),
                            keys.meta(),
                            keys.discarded()),
                        keys.group(),
                        mark.key().entryId(),
                        mark.owner(),
                        new RetryFrame(AttemptState.NEW, fields, 0, true).encode())))
            == 1;
  }
}
