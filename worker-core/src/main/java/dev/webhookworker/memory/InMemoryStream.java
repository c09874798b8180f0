package dev.webhookworker.memory;

import dev.webhookworker.port.Admission;
import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.ConsumerState;
import dev.webhookworker.port.DeadLetterEntry;
import dev.webhookworker.port.DeadLetterQueue;
import dev.webhookworker.port.DeadLetterRecord;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.DestinationFailures;
import dev.webhookworker.port.DestinationLines;
import dev.webhookworker.port.DueRetries;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.EntryIds;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.Recovered;
import dev.webhookworker.port.ResourceTurns;
import dev.webhookworker.port.Settlement;
import dev.webhookworker.port.Source;
import dev.webhookworker.port.StreamDepth;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The event stream in memory, for unit tests: the same rules as on Redis, by the clock that it is
 * given. Several workers may share one queue. Thread-safe.
 */
public final class InMemoryStream implements EventStream {

  private static final int SUSPECT_AFTER = 2;

  private final InMemoryQueue queue;
  private final String consumer;

  InMemoryStream(InMemoryQueue queue, String consumer) {
    this.queue = queue;
    this.consumer = consumer;
  }

  /** What all consumers share. */
  static final class InMemoryQueue {
    private final Clock clock;
    private final Duration visibility;
    private final int maxDeliveries;
    private final Deque<String> undelivered = new ArrayDeque<>();
    private final Map<String, EntryFields> entries = new LinkedHashMap<>();
    private final Map<String, Pending> pending = new LinkedHashMap<>();
    private final Map<String, Waiting> retries = new LinkedHashMap<>();
    private final Map<String, String> marks = new HashMap<>();
    private final Map<String, InMemoryDeadLetter> dead = new LinkedHashMap<>();
    private final List<AuditEntry> audit = new ArrayList<>();
    private final InMemoryRoles roles;
    private final InMemoryTurns turns;
    private final InMemoryDestinationFailures destinationFailures;
    private final InMemoryLines lines;
    private long sequence;

    InMemoryQueue(Clock clock, Duration visibility, int maxDeliveries) {
      this.clock = clock;
      this.visibility = visibility;
      this.maxDeliveries = maxDeliveries;
      roles = new InMemoryRoles(clock);
      turns = new InMemoryTurns(clock);
      destinationFailures = new InMemoryDestinationFailures(clock);
      lines = new InMemoryLines(this);
    }

    synchronized String add(EntryFields fields) {
      String id = clock.millis() + "-" + sequence++;
      entries.put(id, fields);
      undelivered.add(id);
      notifyAll();
      return id;
    }

    synchronized List<InMemoryDeadLetter> deadLetters() {
      return List.copyOf(dead.values());
    }

    Clock clock() {
      return clock;
    }

    InMemoryRoles roles() {
      return roles;
    }

    /** Guarded by this queue. */
    List<AuditEntry> audit() {
      return audit;
    }

    /** Replaces the entry's former dead letter. */
    synchronized DeadLetterEntry bury(String entryId, EntryFields fields, DeadLetterRecord record) {
      String position = clock.millis() + "-" + sequence++;
      InMemoryDeadLetter letter = new InMemoryDeadLetter(position, entryId, fields, record);
      dead.remove(entryId);
      dead.put(entryId, letter);
      return letter.entry();
    }

    synchronized Optional<DeadLetterEntry> deadLetter(String entryId) {
      return Optional.ofNullable(dead.get(entryId)).map(InMemoryDeadLetter::entry);
    }

    synchronized DeadLetterQueue.State stateOf(String entryId) {
      if (!dead.containsKey(entryId)) {
        return DeadLetterQueue.State.NONE;
      }
      return retries.containsKey(entryId)
          ? DeadLetterQueue.State.RETRYING
          : DeadLetterQueue.State.OPEN;
    }

    synchronized void exhume(String entryId) {
      dead.remove(entryId);
    }

    synchronized void schedule(
        String entryId, EntryFields fields, AttemptState state, long token, @Nullable Claim claim) {
      retries.put(entryId, new Waiting(fields, state, token, clock.instant()));
      if (claim != null) {
        marks.putIfAbsent(claim.eventId(), claim.owner());
      }
    }

    /** Whether nobody has the entry and it will not run again by itself. Guarded by this. */
    boolean isOver(String entryId) {
      return !pending.containsKey(entryId) && !retries.containsKey(entryId);
    }

    /** Guarded by this. */
    List<String> pendingBefore(String entryId) {
      return pending.keySet().stream()
          .filter(id -> EntryIds.compare(id, entryId) < 0)
          .sorted(EntryIds::compare)
          .toList();
    }

    /** Zero unless it waits for a retry. Guarded by this. */
    Duration untilRun(String entryId) {
      Waiting waiting = retries.get(entryId);
      Duration left =
          waiting == null || waiting.token != waiting.baseToken
              ? Duration.ZERO
              : Duration.between(clock.instant(), waiting.due);
      return left.isNegative() ? Duration.ZERO : left;
    }

    /** Makes a retry due that nobody runs; false when it is none. Guarded by this. */
    boolean wake(String entryId) {
      Waiting waiting = retries.get(entryId);
      if (waiting == null || waiting.token != waiting.baseToken) {
        return false;
      }
      waiting.due = clock.instant();
      return true;
    }

    /** Guarded by this. */
    @Nullable EntryFields entry(String entryId) {
      return entries.get(entryId);
    }

    synchronized boolean isEmpty() {
      return undelivered.isEmpty() && pending.isEmpty() && retries.isEmpty();
    }
  }

  private static final class Pending {
    private String consumer;
    private long count;
    private Instant seen;

    Pending(String consumer, long count, Instant seen) {
      this.consumer = consumer;
      this.count = count;
      this.seen = seen;
    }
  }

  private static final class Waiting {
    private final EntryFields fields;
    private final AttemptState state;
    private final long baseToken;
    private long token;
    private Instant due;

    Waiting(EntryFields fields, AttemptState state, long token, Instant due) {
      this.fields = fields;
      this.state = state;
      this.baseToken = token;
      this.token = token;
      this.due = due;
    }
  }

  @Override
  public void open() {}

  @Override
  public String consumerName() {
    return consumer;
  }

  @Override
  public List<Delivery> read(int max, Duration wait) {
    synchronized (queue) {
      if (queue.undelivered.isEmpty() && wait.toMillis() > 0) {
        try {
          queue.wait(wait.toMillis());
        } catch (InterruptedException stop) {
          Thread.currentThread().interrupt();
          return List.of();
        }
      }
      List<Delivery> taken = new ArrayList<>();
      while (taken.size() < max && !queue.undelivered.isEmpty()) {
        String id = queue.undelivered.remove();
        queue.pending.put(id, new Pending(consumer, 1, queue.clock.instant()));
        taken.add(fromStream(id, 1));
      }
      return taken;
    }
  }

  private Delivery fromStream(String id, long count) {
    EntryFields fields = Objects.requireNonNull(queue.entries.get(id));
    return new Delivery(
        new Lease(id, Source.STREAM, count), fields, AttemptState.NEW, (int) count - 1, count);
  }

  @Override
  public Recovered readOwnPending(Set<String> held, boolean crashed) {
    synchronized (queue) {
      List<Delivery> own = new ArrayList<>();
      queue.pending.forEach(
          (id, entry) -> {
            boolean suspect = crashed && entry.count >= SUSPECT_AFTER;
            if (entry.consumer.equals(consumer) && !held.contains(id) && !suspect) {
              entry.count += crashed ? 1 : 0;
              entry.seen = queue.clock.instant();
              own.add(fromStream(id, entry.count));
            }
          });
      return new Recovered(own, 0, List.of());
    }
  }

  @Override
  public DueRetries takeDueRetries(int max) {
    synchronized (queue) {
      Instant now = queue.clock.instant();
      List<Delivery> due = new ArrayList<>();
      int suspects = 0;
      Duration next = Duration.ofHours(1);
      for (Map.Entry<String, Waiting> retry : queue.retries.entrySet()) {
        Waiting waiting = retry.getValue();
        if (waiting.due.isAfter(now)) {
          Duration until = Duration.between(now, waiting.due);
          next = until.compareTo(next) < 0 ? until : next;
        } else if (isSuspect((int) (waiting.token - waiting.baseToken))) {
          suspects++;
        } else if (due.size() < max) {
          due.add(lease(retry.getKey(), waiting));
        } else {
          next = Duration.ZERO;
        }
      }
      return new DueRetries(due, next, suspects);
    }
  }

  private boolean isSuspect(int unsettled) {
    return unsettled >= SUSPECT_AFTER && unsettled < queue.maxDeliveries;
  }

  private Delivery lease(String id, Waiting waiting) {
    int unsettled = (int) (waiting.token - waiting.baseToken);
    waiting.token++;
    waiting.due = queue.clock.instant().plus(queue.visibility);
    return new Delivery(
        new Lease(id, Source.RETRY, waiting.token),
        waiting.fields,
        waiting.state,
        unsettled,
        waiting.token);
  }

  @Override
  public Recovered recover(int max) {
    synchronized (queue) {
      List<Delivery> taken = new ArrayList<>();
      int suspects = 0;
      for (Map.Entry<String, Pending> entry : queue.pending.entrySet()) {
        Pending pending = entry.getValue();
        if (!abandoned(pending)) {
          continue;
        }
        if (isSuspect((int) pending.count)) {
          suspects++;
        } else if (taken.size() < max) {
          taken.add(claim(entry.getKey(), pending));
        }
      }
      return new Recovered(taken, suspects, List.of());
    }
  }

  private boolean abandoned(Pending pending) {
    return !pending.seen.plus(queue.visibility).isAfter(queue.clock.instant());
  }

  private Delivery claim(String id, Pending pending) {
    pending.consumer = consumer;
    pending.count++;
    pending.seen = queue.clock.instant();
    return fromStream(id, pending.count);
  }

  @Override
  public List<Delivery> recoverSuspect() {
    synchronized (queue) {
      for (Map.Entry<String, Pending> entry : queue.pending.entrySet()) {
        if (abandoned(entry.getValue()) && isSuspect((int) entry.getValue().count)) {
          return List.of(claim(entry.getKey(), entry.getValue()));
        }
      }
      Instant now = queue.clock.instant();
      for (Map.Entry<String, Waiting> retry : queue.retries.entrySet()) {
        Waiting waiting = retry.getValue();
        if (!waiting.due.isAfter(now) && isSuspect((int) (waiting.token - waiting.baseToken))) {
          return List.of(lease(retry.getKey(), waiting));
        }
      }
      return List.of();
    }
  }

  @Override
  public List<Admission> admit(List<Delivery> deliveries, List<Claim> claims) {
    synchronized (queue) {
      return claims.stream().map(this::admit).toList();
    }
  }

  private Admission admit(Claim claim) {
    String owner = queue.marks.putIfAbsent(claim.eventId(), claim.owner());
    if (owner == null) {
      return Admission.FRESH;
    }
    String ownerEntry = owner.substring(0, owner.indexOf(':'));
    if (ownerEntry.equals(claim.entryId())) {
      return new Admission.Own(queue.retries.containsKey(claim.entryId()));
    }
    boolean inProgress =
        queue.pending.containsKey(ownerEntry) || queue.retries.containsKey(ownerEntry);
    return new Admission.Other(owner, ownerEntry, inProgress, owner.endsWith(claim.bodyHash()));
  }

  @Override
  public boolean takeOver(Claim claim, String owner) {
    synchronized (queue) {
      return queue.marks.replace(claim.eventId(), owner, claim.owner());
    }
  }

  @Override
  public Set<Lease> renew(Collection<Lease> leases) {
    synchronized (queue) {
      Set<Lease> lost = new HashSet<>();
      for (Lease lease : leases) {
        if (lease.source() == Source.STREAM) {
          Pending pending = queue.pending.get(lease.entryId());
          if (pending != null && holds(pending, lease)) {
            pending.seen = queue.clock.instant();
          } else if (pending != null) {
            lost.add(lease);
          }
        } else {
          Waiting waiting = queue.retries.get(lease.entryId());
          if (waiting != null && waiting.token == lease.count()) {
            waiting.due = queue.clock.instant().plus(queue.visibility);
          } else if (waiting != null) {
            lost.add(lease);
          }
        }
      }
      return lost;
    }
  }

  private boolean holds(Pending pending, Lease lease) {
    return pending.consumer.equals(consumer) && pending.count == lease.count();
  }

  @Override
  public void release(Collection<Lease> leases) {
    synchronized (queue) {
      for (Lease lease : leases) {
        Pending pending = queue.pending.get(lease.entryId());
        Waiting waiting = queue.retries.get(lease.entryId());
        if (lease.source() == Source.STREAM && pending != null && holds(pending, lease)) {
          pending.seen = Instant.EPOCH;
          pending.count--;
        } else if (lease.source() == Source.RETRY
            && waiting != null
            && waiting.token == lease.count()) {
          waiting.due = queue.clock.instant();
          waiting.token--;
        }
      }
    }
  }

  @Override
  public List<Settlement.Result> settle(List<Settlement> settlements) {
    synchronized (queue) {
      return settlements.stream().map(this::settle).toList();
    }
  }

  private Settlement.Result settle(Settlement settlement) {
    Lease lease = settlement.lease();
    if (settlement instanceof Settlement.Acknowledge) {
      end(lease);
      if (lease.source() == Source.RETRY) {
        queue.exhume(lease.entryId());
      }
      return Settlement.Result.DONE;
    }
    if (!owns(lease)) {
      boolean alreadyDone =
          settlement instanceof Settlement.Bury
              ? queue.stateOf(lease.entryId()) == DeadLetterQueue.State.OPEN
              : lease.source() == Source.STREAM
                  && !queue.pending.containsKey(lease.entryId())
                  && queue.retries.containsKey(lease.entryId());
      return alreadyDone ? Settlement.Result.DONE : Settlement.Result.LOST;
    }
    if (settlement instanceof Settlement.Reschedule again) {
      end(lease);
      Instant due = queue.clock.instant().plus(again.delay());
      queue.retries.put(
          lease.entryId(), new Waiting(again.fields(), again.state(), again.fencingToken(), due));
    } else if (settlement instanceof Settlement.Bury bury) {
      end(lease);
      queue.bury(lease.entryId(), bury.fields(), bury.record());
      clearMark(bury.claim());
    }
    return Settlement.Result.DONE;
  }

  private boolean owns(Lease lease) {
    if (lease.source() == Source.STREAM) {
      Pending pending = queue.pending.get(lease.entryId());
      return pending != null && holds(pending, lease);
    }
    Waiting waiting = queue.retries.get(lease.entryId());
    return waiting != null && waiting.token == lease.count();
  }

  private void end(Lease lease) {
    queue.pending.remove(lease.entryId());
    if (lease.source() == Source.RETRY) {
      queue.retries.remove(lease.entryId());
    }
    queue.entries.remove(lease.entryId());
  }

  private void clearMark(@Nullable Claim claim) {
    if (claim != null) {
      queue.marks.remove(claim.eventId(), claim.owner());
    }
  }

  @Override
  public ResourceTurns turns() {
    return queue.turns;
  }

  @Override
  public DestinationLines destinationLines() {
    return queue.lines;
  }

  @Override
  public DestinationFailures destinationFailures() {
    return queue.destinationFailures;
  }

  @Override
  public DeadLetterQueue deadLetters() {
    return new InMemoryDeadLetters(queue);
  }

  @Override
  public StreamDepth depth() {
    synchronized (queue) {
      Instant now = queue.clock.instant();
      long due = queue.retries.values().stream().filter(w -> !w.due.isAfter(now)).count();
      Duration oldest =
          queue.entries.isEmpty()
              ? Duration.ZERO
              : Duration.between(EntryIds.time(queue.entries.keySet().iterator().next()), now);
      return new StreamDepth(
          queue.undelivered.size(),
          false,
          queue.pending.size(),
          due,
          queue.retries.size() - due,
          queue.dead.size(),
          oldest);
    }
  }

  @Override
  public List<ConsumerState> consumers() {
    synchronized (queue) {
      long pending =
          queue.pending.values().stream().filter(one -> one.consumer.equals(consumer)).count();
      return List.of(new ConsumerState(consumer, pending, Duration.ZERO, true));
    }
  }

  @Override
  public void maintain() {}

  @Override
  public Map<String, Object> ping() {
    return Map.of("mode", "in memory");
  }

  @Override
  public List<String> warnings() {
    return List.of();
  }

  @Override
  public void close() {}
}
