package dev.webhookworker.dispatch;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Everything that this worker has received and not settled. Thread-safe. */
final class HeldEvents {

  private final ConcurrentHashMap<String, HeldEvent> byEntry = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong count = new AtomicLong();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile boolean awaited;

  void add(HeldEvent event) {
    HeldEvent before = byEntry.put(event.delivery().entryId(), event);
    if (before != null) {
      forget(before);
    }
    bytes.addAndGet(event.bytes());
    count.incrementAndGet();
  }

  @Nullable HeldEvent get(String entryId) {
    return byEntry.get(entryId);
  }

  /** Whether it was held. */
  boolean remove(HeldEvent event) {
    boolean removed = byEntry.remove(event.delivery().entryId(), event);
    if (removed) {
      forget(event);
    }
    return removed;
  }

  void removeAll(Collection<HeldEvent> events) {
    events.forEach(this::remove);
    signal();
  }

  private void forget(HeldEvent event) {
    bytes.addAndGet(-event.bytes());
    count.decrementAndGet();
  }

  int size() {
    return (int) count.get();
  }

  long bytes() {
    return bytes.get();
  }

  Collection<HeldEvent> all() {
    return byEntry.values();
  }

  Set<String> entryIds() {
    return Set.copyOf(byEntry.keySet());
  }

  List<HeldEvent> waiting() {
    return byEntry.values().stream().filter(HeldEvent::isWaiting).toList();
  }

  List<HeldEvent> running() {
    return byEntry.values().stream().filter(HeldEvent::isRunning).toList();
  }

  /** Wakes who waits for a change. */
  void signal() {
    if (awaited) {
      lock.lock();
      try {
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Waits until at most {@code most} events are held; false when the time is over first. */
  boolean awaitAtMost(int most, long nanos) throws InterruptedException {
    if (size() <= most) {
      return true;
    }
    lock.lock();
    try {
      awaited = true;
      long left = nanos;
      while (size() > most) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      awaited = false;
      lock.unlock();
    }
  }
}
