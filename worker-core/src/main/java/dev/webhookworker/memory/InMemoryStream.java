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
import dev.webhookworker.port.Waking;
import java.security.SecureRandom;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The event stream in memory, for unit tests: the same rules as on Redis, by the clock that it is
 * given. Several workers may share one queue. Thread-safe.
 */
public final class InMemoryStream implements EventStream {

  private static final int SUSPECT_AFTER = 2;

  /** The consumer of what was released. */
  private static final String NOBODY = "(released)";

  private final InMemoryQueue queue;
  private final String consumer;

  // What this worker was ever given; guarded by the queue.
  private final Set<String> given = new HashSet<>();

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
    private final Set<String> discarded = new HashSet<>();

    /** Which counts and tokens were taken over from a run that had not ended. */
    private final Set<Taken> taken = new HashSet<>();

    private final List<AuditEntry> audit = new ArrayList<>();
    private final long hashKey = new SecureRandom().nextLong();
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

    long hashKey() {
      return hashKey;
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
        return discarded.contains(entryId)
            ? DeadLetterQueue.State.DISCARDED
            : DeadLetterQueue.State.NONE;
      }
      return retries.containsKey(entryId)
          ? DeadLetterQueue.State.RETRYING
          : DeadLetterQueue.State.OPEN;
    }

    synchronized void exhume(String entryId) {
      dead.remove(entryId);
    }

    synchronized void loseDeadLetters() {
      dead.clear();
    }

    /** Unless it is being retried; where it stood. */
    synchronized DeadLetterQueue.State discard(String entryId) {
      DeadLetterQueue.State stood = stateOf(entryId);
      if (!retries.containsKey(entryId)) {
        dead.remove(entryId);
        discarded.add(entryId);
      }
      return stood == DeadLetterQueue.State.DISCARDED ? DeadLetterQueue.State.NONE : stood;
    }

    synchronized void schedule(
        String entryId, EntryFields fields, AttemptState state, long token, @Nullable Claim claim) {
      retries.put(entryId, new Waiting(fields, state, token, Doubt.NONE, clock.instant()));
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

  private record Taken(String entryId, long count) {}

  /** What an earlier run of a retry may have left: its crashes, and perhaps a row in the store. */
  private record Doubt(int unsettled, boolean mayBeStored) {
    private static final Doubt NONE = new Doubt(0, false);
  }

  private static final class Waiting {
    private final EntryFields fields;
    private final AttemptState state;
    private final long baseToken;
    private final Doubt doubt;
    private long token;
    private Instant due;
    private @Nullable String parkedAt;

    Waiting(EntryFields fields, AttemptState state, long token, Doubt doubt, Instant due) {
      this.fields = fields;
      this.state = state;
      this.baseToken = token;
      this.token = token;
      this.doubt = doubt;
      this.due = due;
    }

    int unsettled() {
      return (int) (token - baseToken) + doubt.unsettled();
    }
  }

  @Override
  public void open() {}

  @Override
  public long hashKey() {
    return queue.hashKey;
  }

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
    given.add(id);
    EntryFields fields = Objects.requireNonNull(queue.entries.get(id));
    return new Delivery(
        new Lease(id, Source.STREAM, count, count),
        fields,
        AttemptState.NEW,
        (int) count - 1,
        false);
  }

  @Override
  public Recovered readOwnPending(Set<String> held, boolean crashed) {
    synchronized (queue) {
      List<Delivery> own = new ArrayList<>();
      queue.pending.forEach(
          (id, entry) -> {
            // What was given to this worker and is not held came with a reply that was lost.
            boolean unheard = given.contains(id);
            boolean left = crashed && entry.count < SUSPECT_AFTER;
            if (entry.consumer.equals(consumer) && !held.contains(id) && (unheard || left)) {
              if (!unheard) {
                entry.count++;
                queue.taken.add(new Taken(id, entry.count));
              }
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
        } else if (isSuspect(waiting.unsettled())) {
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

  @Override
  public Set<String> parkedPlaces() {
    synchronized (queue) {
      return queue.retries.values().stream()
          .flatMap(waiting -> Optional.ofNullable(waiting.parkedAt).stream())
          .collect(Collectors.toSet());
    }
  }

  @Override
  public List<Integer> wakeParked(List<Waking> wakings) {
    synchronized (queue) {
      return wakings.stream().map(this::wake).toList();
    }
  }

  private int wake(Waking waking) {
    Instant due = queue.clock.instant().plus(waking.first());
    int woken = 0;
    for (String entryId : queue.retries.keySet().stream().sorted(EntryIds::compare).toList()) {
      Waiting waiting = Objects.requireNonNull(queue.retries.get(entryId));
      if (woken < waking.most() && waking.place().equals(waiting.parkedAt)) {
        waiting.parkedAt = null;
        waiting.due = due.plus(waking.apart().multipliedBy(woken++));
      }
    }
    return woken;
  }

  private boolean isSuspect(int unsettled) {
    return unsettled >= SUSPECT_AFTER && unsettled < queue.maxDeliveries;
  }

  private Delivery lease(String id, Waiting waiting) {
    int unsettled = waiting.unsettled();
    boolean takenOver = waiting.token > waiting.baseToken;
    waiting.token++;
    waiting.parkedAt = null;
    if (takenOver) {
      queue.taken.add(new Taken(id, waiting.token));
    }
    waiting.due = queue.clock.instant().plus(queue.visibility);
    return new Delivery(
        new Lease(id, Source.RETRY, waiting.token, waiting.token),
        waiting.fields,
        waiting.state,
        unsettled,
        waiting.doubt.mayBeStored());
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
    queue.taken.add(new Taken(id, pending.count));
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
        if (!waiting.due.isAfter(now) && isSuspect(waiting.unsettled())) {
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
        switch (holder(lease)) {
          case MINE -> renew(lease);
          case ANOTHER, ENDED -> lost.add(lease);
          case NOBODY -> {}
        }
      }
      return lost;
    }
  }

  private void renew(Lease lease) {
    Instant now = queue.clock.instant();
    if (lease.source() == Source.STREAM) {
      Objects.requireNonNull(queue.pending.get(lease.entryId())).seen = now;
    } else {
      Objects.requireNonNull(queue.retries.get(lease.entryId())).due = now.plus(queue.visibility);
    }
  }

  /** Who has the event of a lease, by the evidence that the queue has. */
  private enum Holder {
    MINE,
    ANOTHER,
    ENDED,
    NOBODY
  }

  private Holder holder(Lease lease) {
    Pending pending = queue.pending.get(lease.entryId());
    Waiting waiting = queue.retries.get(lease.entryId());
    if (lease.source() == Source.STREAM && pending != null) {
      return holds(pending, lease) ? Holder.MINE : Holder.ANOTHER;
    }
    if (lease.source() == Source.RETRY && waiting != null && waiting.token == lease.count()) {
      return Holder.MINE;
    }
    if (pending != null || waiting != null || queue.dead.containsKey(lease.entryId())) {
      return Holder.ANOTHER;
    }
    return queue.taken.contains(new Taken(lease.entryId(), lease.count() + 1))
        ? Holder.ENDED
        : Holder.NOBODY;
  }

  private boolean holds(Pending pending, Lease lease) {
    return pending.consumer.equals(consumer) && pending.count == lease.count();
  }

  @Override
  public Set<Lease> release(Collection<Lease> leases) {
    synchronized (queue) {
      for (Lease lease : leases) {
        Pending pending = queue.pending.get(lease.entryId());
        Waiting waiting = queue.retries.get(lease.entryId());
        if (lease.source() == Source.STREAM && pending != null && holds(pending, lease)) {
          pending.consumer = NOBODY;
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
    return Set.of();
  }

  @Override
  public List<Settlement.Result> settle(List<Settlement> settlements) {
    synchronized (queue) {
      return settlements.stream().map(this::settle).toList();
    }
  }

  private Settlement.Result settle(Settlement settlement) {
    Lease lease = settlement.lease();
    if (settlement instanceof Settlement.Acknowledge done && done.stored()) {
      endForGood(lease.entryId());
      if (done.claim() != null) {
        queue.marks.putIfAbsent(done.claim().eventId(), done.claim().owner());
      }
      return Settlement.Result.DONE;
    }
    if (settlement instanceof Settlement.AcknowledgeCopy
        && !queue.retries.containsKey(lease.entryId())
        && !queue.dead.containsKey(lease.entryId())) {
      return Settlement.Result.LOST;
    }
    Holder holder = holder(lease);
    if (holder == Holder.ENDED || holder == Holder.ANOTHER) {
      boolean byThisRun = holder == Holder.ANOTHER && isAsThisRunLeftIt(settlement);
      return byThisRun ? Settlement.Result.DONE : Settlement.Result.LOST;
    }
    end(lease);
    if (settlement instanceof Settlement.Reschedule again) {
      boolean mayBeStored = again.mayBeStored() || holder == Holder.NOBODY;
      Waiting waiting =
          new Waiting(
              again.fields(),
              again.state(),
              lease.fencingToken(),
              new Doubt(again.unsettledKept(), mayBeStored),
              queue.clock.instant().plus(again.delay()));
      waiting.parkedAt = again.parkedAt();
      queue.retries.put(lease.entryId(), waiting);
    } else if (settlement instanceof Settlement.Bury bury) {
      queue.bury(lease.entryId(), bury.fields(), bury.record());
      clearMark(bury.claim());
    } else if (lease.source() == Source.RETRY) {
      queue.exhume(lease.entryId());
    }
    return Settlement.Result.DONE;
  }

  /** Whether an earlier call of the same settlement took effect, whose answer was lost. */
  private boolean isAsThisRunLeftIt(Settlement settlement) {
    Lease lease = settlement.lease();
    if (queue.pending.containsKey(lease.entryId())) {
      return false;
    }
    Waiting waiting = queue.retries.get(lease.entryId());
    if (settlement instanceof Settlement.Reschedule) {
      return waiting != null && waiting.baseToken == lease.fencingToken();
    }
    InMemoryDeadLetter letter = queue.dead.get(lease.entryId());
    return settlement instanceof Settlement.Bury
        && waiting == null
        && letter != null
        && letter.entry().record().fencingToken() == lease.fencingToken();
  }

  /** The store has the event: whoever has it in the queue finds that it has ended. */
  private void endForGood(String entryId) {
    Pending pending = queue.pending.remove(entryId);
    if (pending != null) {
      queue.taken.add(new Taken(entryId, pending.count + 1));
    }
    Waiting waiting = queue.retries.remove(entryId);
    if (waiting != null) {
      queue.taken.add(new Taken(entryId, waiting.token + 1));
    }
    queue.exhume(entryId);
    queue.entries.remove(entryId);
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
