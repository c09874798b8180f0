package dev.webhookworker.redis;

import dev.webhookworker.dlq.EditVersions;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.PayloadEdit;
import dev.webhookworker.port.QueueUpkeep;
import dev.webhookworker.port.StreamUnavailableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import redis.clients.jedis.Protocol;

/**
 * Both versions of edited payloads, outside the log of acts so that they can be erased. Only used
 * where events are not stored. Thread-safe.
 */
final class RedisEdits {

  private static final int MOST = 10_000;
  private static final int PAGE = 100;

  private final RedisConnections redis;
  private final RedisKeys keys;

  RedisEdits(RedisConnections redis, RedisKeys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  private record Kept(String name, PayloadEdit edit) {}

  /** Keeps it; its name. */
  String keep(PayloadEdit edit) throws StreamUnavailableException {
    return Replies.text(
        redis.run(
            Command.of(
                Protocol.Command.XADD,
                keys.deadLetterEdits(),
                "MAXLEN",
                "~",
                MOST,
                "*",
                "entry_id",
                edit.entryId(),
                "event_id",
                edit.eventId(),
                "tenant_id",
                Objects.requireNonNullElse(edit.tenantId(), ""),
                "before",
                edit.before(),
                "after",
                edit.after())));
  }

  /** Those of an event that were not erased, by their name. */
  Map<String, EditVersions> of(String eventId) throws StreamUnavailableException {
    Map<String, EditVersions> found = new HashMap<>();
    each(
        kept -> {
          if (kept.edit().eventId().equals(eventId)) {
            found.put(kept.name(), new EditVersions(kept.edit().before(), kept.edit().after()));
          }
        });
    return found;
  }

  /**
   * @param cursor the name of the last one of the page before
   */
  QueueUpkeep.Page<PayloadEdit> page(String cursor) throws StreamUnavailableException {
    List<Kept> page = after(cursor);
    return new QueueUpkeep.Page<>(
        page.stream().map(Kept::edit).toList(),
        page.size() < PAGE ? null : page.get(PAGE - 1).name());
  }

  /** Erases those of these entries. */
  void forget(Set<String> entryIds) throws StreamUnavailableException {
    List<Command> deletions = new ArrayList<>();
    each(
        kept -> {
          if (entryIds.contains(kept.edit().entryId())) {
            deletions.add(Command.of(Protocol.Command.XDEL, keys.deadLetterEdits(), kept.name()));
          }
        });
    if (!deletions.isEmpty()) {
      redis.run(deletions);
    }
  }

  private void each(Consumer<Kept> visitor) throws StreamUnavailableException {
    String last = QueueUpkeep.START;
    List<Kept> page;
    do {
      page = after(last);
      for (Kept kept : page) {
        visitor.accept(kept);
        last = kept.name();
      }
    } while (page.size() == PAGE);
  }

  private List<Kept> after(String name) throws StreamUnavailableException {
    List<Kept> page = new ArrayList<>();
    Command range =
        Command.of(Protocol.Command.XRANGE, keys.deadLetterEdits(), "(" + name, "+", "COUNT", PAGE);
    for (Object reply : Replies.list(redis.run(range))) {
      List<?> entry = Replies.list(reply);
      EntryFields fields = Replies.fields(entry.get(1));
      String tenant = text(fields, "tenant_id");
      page.add(
          new Kept(
              Replies.text(entry.get(0)),
              new PayloadEdit(
                  text(fields, "entry_id"),
                  text(fields, "event_id"),
                  tenant.isEmpty() ? null : tenant,
                  text(fields, "before"),
                  text(fields, "after"))));
    }
    return page;
  }

  private static String text(EntryFields fields, String name) {
    return Objects.requireNonNullElse(fields.text(name), "");
  }
}
