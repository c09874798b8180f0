package dev.webhookworker.redis;

import dev.webhookworker.port.DestinationLines;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The lines at ordered destinations: three sorted sets for each, with a TTL. Thread-safe. */
final class RedisDestinationLines implements DestinationLines {

  /** Longer than any event waits; the line of a destination that is gone goes with it. */
  private static final Duration KEPT = Duration.ofDays(60);

  private final RedisConnections redis;
  private final RedisKeys keys;
  private final ReplyBounds bounds;

  RedisDestinationLines(RedisConnections redis, RedisKeys keys, ReplyBounds bounds) {
    this.redis = redis;
    this.keys = keys;
    this.bounds = bounds;
  }

  @Override
  public Standing join(Place place) throws StreamUnavailableException {
    return join(place, "0");
  }

  @Override
  public Standing sleep(Place place) throws StreamUnavailableException {
    return join(place, "1");
  }

  private Standing join(Place place, String asleep) throws StreamUnavailableException {
    List<?> reply =
        Replies.list(
            redis.run(
                Command.call(
                    Script.JOIN_LINE,
                    allKeys(place),
                    keys.group(),
                    place.entryId(),
                    MOST_NAMED,
                    KEPT.toMillis(),
                    asleep)));
    return new Standing(
        Replies.number(reply.get(0)),
        Duration.ofMillis(Replies.number(reply.get(1))),
        Replies.list(reply.get(2)).stream().map(Replies::text).toList(),
        Replies.number(reply.get(3)) == 1);
  }

  @Override
  public void leave(Place place, int near) throws StreamUnavailableException {
    Object unused =
        redis.run(
            Command.call(
                Script.LEAVE_LINE,
                allKeys(place),
                keys.group(),
                place.entryId(),
                near,
                KEPT.toMillis()));
  }

  private List<byte[]> allKeys(Place place) {
    List<byte[]> all = new ArrayList<>(keys.line(place.destination()));
    all.addAll(List.of(keys.stream(), keys.retry(), keys.retryData()));
    return all;
  }

  @Override
  public Map<String, EntryFields> entries(Collection<String> entryIds)
      throws StreamUnavailableException {
    List<Command> ranges = new ArrayList<>();
    for (String id : entryIds) {
      ranges.add(StreamEntries.ask(keys.stream(), bounds, id, id, 1));
    }
    Map<String, EntryFields> found = new LinkedHashMap<>();
    redis.run(ranges).forEach(reply -> found.putAll(StreamEntries.of(reply)));
    return found;
  }
}
