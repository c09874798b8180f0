package dev.webhookworker.memory;

import dev.webhookworker.memory.InMemoryStream.InMemoryQueue;
import dev.webhookworker.port.DestinationFailures;
import dev.webhookworker.port.DestinationLines;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.EntryIds;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/** The lines at ordered destinations, by the same rules as on Redis. Thread-safe. */
final class InMemoryLines implements DestinationLines {

  private final InMemoryQueue queue;

  // Guarded by the queue.
  private final Map<DestinationFailures.Name, Line> lines = new HashMap<>();

  private static final class Line {
    private final NavigableSet<String> waiting = new TreeSet<>(EntryIds::compare);
    private final NavigableSet<String> asleep = new TreeSet<>(EntryIds::compare);
    private final Set<String> left = new HashSet<>();
  }

  InMemoryLines(InMemoryQueue queue) {
    this.queue = queue;
  }

  @Override
  public Standing join(Place place) {
    synchronized (queue) {
      return joined(place);
    }
  }

  private Standing joined(Place place) {
    Line line = line(place);
    line.waiting.add(place.entryId());
    line.asleep.remove(place.entryId());
    line.left.remove(place.entryId());
    forgetEnded(line);
    int ahead = line.waiting.headSet(place.entryId()).size();
    if (ahead > 0) {
      return new Standing(ahead, queue.untilRun(line.waiting.first()), List.of(), false);
    }
    List<String> before =
        queue.pendingBefore(place.entryId()).stream()
            .filter(id -> !line.left.contains(id))
            .toList();
    return new Standing(
        0, Duration.ZERO, before.stream().limit(MOST_NAMED).toList(), before.size() > MOST_NAMED);
  }

  @Override
  public Standing sleep(Place place) {
    synchronized (queue) {
      Standing standing = joined(place);
      line(place).asleep.add(place.entryId());
      return standing;
    }
  }

  @Override
  public void leave(Place place, int near) {
    synchronized (queue) {
      Line line = line(place);
      line.waiting.remove(place.entryId());
      line.asleep.remove(place.entryId());
      line.left.add(place.entryId());
      forgetEnded(line);
      line.waiting.stream()
          .limit(near)
          .filter(line.asleep::contains)
          .filter(queue::wake)
          .forEach(line.asleep::remove);
    }
  }

  private void forgetEnded(Line line) {
    while (!line.waiting.isEmpty() && queue.isOver(line.waiting.first())) {
      line.asleep.remove(line.waiting.pollFirst());
    }
  }

  @Override
  public Map<String, EntryFields> entries(Collection<String> entryIds) {
    synchronized (queue) {
      Map<String, EntryFields> found = new LinkedHashMap<>();
      for (String id : entryIds) {
        EntryFields fields = queue.entry(id);
        if (fields != null) {
          found.put(id, fields);
        }
      }
      return found;
    }
  }

  private Line line(Place place) {
    return lines.computeIfAbsent(place.destination(), name -> new Line());
  }
}
