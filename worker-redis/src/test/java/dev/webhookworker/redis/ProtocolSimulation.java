package dev.webhookworker.redis;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.RetryPolicy;
import dev.webhookworker.ToolSettings;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.dlq.DeadLetterJson;
import dev.webhookworker.limit.ToolGates;
import dev.webhookworker.pipeline.EntryReader;
import dev.webhookworker.pipeline.EventPipeline;
import dev.webhookworker.pipeline.PipelineParts;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.StoreResult;
import dev.webhookworker.signature.SignatureVerifiers;
import dev.webhookworker.spi.EventProcessor;
import dev.webhookworker.spi.ProcessingContext;
import dev.webhookworker.spi.WorkerListener;
import dev.webhookworker.tool.PayloadSchemas;
import dev.webhookworker.tool.ToolPlans;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.params.XClaimParams;
import redis.clients.jedis.params.XPendingParams;
import redis.clients.jedis.params.ZAddParams;
import redis.clients.jedis.resps.StreamEntry;
import redis.clients.jedis.resps.StreamPendingEntry;

/**
 * One random schedule of several workers on a real Redis: single-threaded, every choice from the
 * seed. Time is not waited for: pending entries are made idle and scores are moved into the past,
 * which is what a pause looks like to the server.
 */
final class ProtocolSimulation {

  private static final String STREAM = "webhook_events";
  private static final String GROUP = "webhook_workers";
  private static final String RETRY = "webhook_events_retry";
  private static final String RETRY_DATA = "webhook_events_retry_data";
  private static final String DLQ = "webhook_events_dlq";
  private static final String MARK = "webhook:idempotency:";
  private static final Duration VISIBILITY = Duration.ofMinutes(1);
  private static final long BEYOND_VISIBILITY = VISIBILITY.multipliedBy(2).toMillis();
  private static final Duration LONGER_THAN_ANY_DELAY = Duration.ofDays(2);
  private static final int WORKERS = 3;
  private static final int STEPS = 150;
  private static final int ROUNDS_TO_REST = 60;
  private static final int NEVER_SUCCEEDS = 99;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a schedule has met. */
  static final class Tally {
    int schedules;
    int crashes;
    int pauses;
    int lostGroups;
    int lostReplies;
    int lostEntries;
    int stored;
    int deadLetters;
    int duplicates;

    @Override
    public String toString() {
      return schedules
          + " schedules, "
          + crashes
          + " crashes, "
          + pauses
          + " pauses, "
          + lostGroups
          + " lost groups, "
          + lostReplies
          + " lost replies, "
          + lostEntries
          + " lost entries; "
          + stored
          + " events stored, "
          + deadLetters
          + " dead letters, "
          + duplicates
          + " duplicates";
    }
  }

  private record Published(String entryId, String eventId) {}

  private final RedisClient redis;
  private final Random random;
  private final boolean faults;
  private final BrokenRule broken;
  private final Tally tally;
  private final WorkerConfig config;
  private final SharedStore store = new SharedStore();
  private final List<Published> published = new ArrayList<>();
  private final List<SimulatedWorker> workers = new ArrayList<>();
  private final Set<String> lostEntries = new HashSet<>();
  private final Map<String, Integer> runs = new LinkedHashMap<>();
  private final Map<String, Integer> successes = new LinkedHashMap<>();
  private final List<String> history = new ArrayList<>();
  private int incarnations;

  /** What was done, step by step, for the message of a failure. */
  List<String> history() {
    return history;
  }

  private void note(String what) {
    history.add(what);
  }

  ProtocolSimulation(RedisClient redis, long seed, boolean faults, BrokenRule broken, Tally tally) {
    this.redis = redis;
    this.random = new Random(seed);
    this.faults = faults;
    this.broken = broken;
    this.tally = tally;
    this.config =
        WorkerConfig.builder()
            .visibilityTimeout(VISIBILITY)
            .streamRetention(Duration.ofMillis(1))
            .retryPolicy(
                RetryPolicy.defaults()
                    .withMaxRetries(2)
                    .withFullJitter(false)
                    .withIntervals(Duration.ofMinutes(5), Duration.ofMinutes(5)))
            .build();
  }

  /** Runs the schedule; what was found to be wrong, empty when nothing was. */
  List<String> run() {
    redis.flushAll();
    for (int i = 0; i < WORKERS; i++) {
      workers.add(worker("worker-" + i));
    }
    for (int step = 0; step < STEPS; step++) {
      step(workers.get(random.nextInt(workers.size())));
    }
    List<String> violations = new ArrayList<>();
    if (!comesToRest()) {
      violations.add("does not come to rest: " + depth());
    }
    workers.forEach(SimulatedWorker::crash);
    violations.addAll(violations());
    tally.schedules++;
    return violations;
  }

  private SimulatedWorker worker(String name) {
    AtomicLong nanoTime = new AtomicLong();
    EventStream real =
        new RedisEventStream(
            config.toBuilder().consumerName(name).build(),
            RedisConnections.of(redis.getPool()),
            nanoTime::get);
    EventStream stream =
        broken == BrokenRule.NO_OWNERSHIP_CHECK ? new UncheckedSettlements(real, redis) : real;
    return new SimulatedWorker(config, nanoTime, stream, store, this::pipeline, broken, history);
  }

  private EventPipeline pipeline(EventStream stream) {
    EntryReader entries = new EntryReader(config, List.of());
    return new PipelineParts(
            config,
            stream,
            broken == BrokenRule.NO_TAKE_OVER ? new TrustsEveryOtherMark() : store,
            List.of(new Handler()),
            List.of(),
            entries,
            new ToolPlans(List.of(), new PayloadSchemas(ToolSettings.DEFAULTS)),
            List.of(),
            SignatureVerifiers.OWN,
            new ToolGates(0, WorkerListener.NOOP),
            Clock.systemUTC(),
            random,
            new dev.webhookworker.crypto.FieldEncryption(config.encryption()),
            dev.webhookworker.forward.Forwarding.of(
                config,
                stream,
                entries,
                WorkerListener.NOOP,
                Clock.systemUTC(),
                random,
                dev.webhookworker.spi.Tracing.NONE),
            dev.webhookworker.spi.Tracing.NONE)
        .build();
  }

  // ---------------------------------------------------------------- the schedule

  private void step(SimulatedWorker worker) {
    int dice = random.nextInt(faults ? 112 : 90);
    int some = 1 + random.nextInt(3);
    if (dice < 10) {
      publish();
    } else if (dice < 18) {
      worker.read(some, replyLost());
    } else if (dice < 22) {
      worker.readAhead(some, replyLost());
    } else if (dice < 34) {
      worker.admit(some);
    } else if (dice < 46) {
      worker.run(some);
    } else if (dice < 54) {
      worker.checkLeases();
    } else if (dice < 62) {
      storeOf(worker);
    } else if (dice < 70) {
      worker.settle(replyLost());
    } else if (dice < 74) {
      worker.takeDueRetries(some, replyLost());
    } else if (dice < 77) {
      worker.heartbeat();
    } else if (dice < 79) {
      worker.release();
    } else if (dice < 81) {
      worker.readOwnPending();
    } else if (dice < 84) {
      waitingBecomesDue();
      worker.takeDueRetries(some, replyLost());
    } else if (dice < 87) {
      maintain(worker);
    } else if (dice < 89) {
      worker.recover(some);
    } else if (dice < 90) {
      worker.recoverSuspect();
    } else {
      fault(dice - 90, worker);
    }
  }

  private void fault(int dice, SimulatedWorker worker) {
    if (dice < 7) {
      tally.crashes++;
      crash(worker);
    } else if (dice < 12) {
      tally.pauses++;
      pause(worker);
    } else if (dice < 14) {
      tally.lostGroups++;
      loseGroup();
    } else if (dice < 16) {
      tally.lostEntries++;
      loseEntry();
    } else if (dice < 19) {
      abandonedComesOfAge();
    } else {
      abandonedComesOfAge();
      worker.recover(3);
    }
  }

  private boolean replyLost() {
    boolean lost = faults && random.nextInt(20) == 0;
    tally.lostReplies += lost ? 1 : 0;
    return lost;
  }

  private static void storeOf(SimulatedWorker worker) {
    try {
      worker.store();
    } catch (dev.webhookworker.port.StoreUnavailableException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void publish() {
    boolean duplicate = !published.isEmpty() && random.nextInt(3) == 0;
    String eventId =
        duplicate
            ? published.get(random.nextInt(published.size())).eventId()
            : "event-" + published.size();
    int fails = Math.floorMod(eventId.hashCode(), 7);
    // Most succeed at once; some after one or two failures, some never.
    int failures = fails < 4 ? 0 : fails == 4 ? 1 : fails == 5 ? 2 : NEVER_SUCCEEDS;
    boolean otherBody = duplicate && random.nextInt(8) == 0;
    String type = Math.floorMod(eventId.hashCode(), 17) == 0 ? SharedStore.REFUSED_TYPE : "push";
    String payload = "{\"failures\":" + failures + (otherBody ? ",\"other\":true}" : "}");
    tally.duplicates += duplicate ? 1 : 0;
    StreamEntryID id =
        redis.xadd(
            STREAM,
            XAddParams.xAddParams(),
            Map.of("event_id", eventId, "event_type", type, "payload", payload));
    note("published " + id + " " + eventId + " " + type + " " + payload);
    published.add(new Published(id.toString(), eventId));
  }

  private void maintain(SimulatedWorker worker) {
    // The interval since the last one is over.
    redis.del(STREAM + ":maintenance");
    worker.maintain();
  }

  private void crash(SimulatedWorker worker) {
    String name = worker.name();
    note(name + " crashed");
    worker.crash();
    // Half of them come back under their name, the others are replaced by a new one.
    String next = random.nextBoolean() ? name : "successor-" + ++incarnations;
    workers.set(workers.indexOf(worker), worker(next));
  }

  private void pause(SimulatedWorker worker) {
    note(worker.name() + " paused");
    Set<String> held = worker.heldEntries();
    pending().stream()
        .filter(entry -> entry.getConsumerName().equals(worker.name()))
        .forEach(this::makeIdle);
    held.forEach(id -> makeDue(id));
    worker.wakeAfter(Duration.ofMillis(BEYOND_VISIBILITY));
  }

  private void loseGroup() {
    note("group lost");
    if (redis.exists(STREAM)) {
      redis.xgroupDestroy(STREAM, GROUP);
    }
  }

  /** What a failover to a replica that lagged behind may do: a delivered entry is gone. */
  private void loseEntry() {
    List<StreamPendingEntry> pending = pending();
    if (!pending.isEmpty()) {
      StreamEntryID id = pending.get(random.nextInt(pending.size())).getID();
      note("entry lost " + id);
      redis.xdel(STREAM, id);
      lostEntries.add(id.toString());
    }
  }

  /** What no living worker holds has been idle for longer than the visibility timeout. */
  private void abandonedComesOfAge() {
    Set<String> held = heldByAnyone();
    pending().stream()
        .filter(entry -> !held.contains(entry.getID().toString()))
        .forEach(this::makeIdle);
    waitingBecomesDue();
  }

  private void waitingBecomesDue() {
    Set<String> held = heldByAnyone();
    redis.zrange(RETRY, 0, -1).stream().filter(id -> !held.contains(id)).forEach(this::makeDue);
  }

  private Set<String> heldByAnyone() {
    Set<String> held = new TreeSet<>();
    workers.forEach(worker -> held.addAll(worker.heldEntries()));
    return held;
  }

  private List<StreamPendingEntry> pending() {
    try {
      return redis.xpending(STREAM, GROUP, XPendingParams.xPendingParams("-", "+", 1000));
    } catch (JedisDataException noGroup) {
      return List.of();
    }
  }

  private void makeIdle(StreamPendingEntry entry) {
    redis.xclaimJustId(
        STREAM,
        GROUP,
        entry.getConsumerName(),
        0,
        XClaimParams.xClaimParams().idle(BEYOND_VISIBILITY),
        entry.getID());
  }

  private void makeDue(String id) {
    redis.zadd(
        RETRY,
        (double) (System.currentTimeMillis() - LONGER_THAN_ANY_DELAY.toMillis()),
        id,
        ZAddParams.zAddParams().xx());
  }

  // ---------------------------------------------------------------- the end

  /** The faults are over: everything has to reach its end. */
  private boolean comesToRest() {
    for (int round = 0; round < ROUNDS_TO_REST; round++) {
      for (SimulatedWorker worker : workers) {
        abandonedComesOfAge();
        worker.recover(100);
        worker.takeDueRetries(100, false);
        worker.read(100, false);
        worker.readOwnPending();
        finish(worker);
        worker.recoverSuspect();
        finish(worker);
        maintain(worker);
      }
      if (depth().equals("lag 0, pending 0, retries 0, held []")) {
        return true;
      }
    }
    return false;
  }

  private static void finish(SimulatedWorker worker) {
    worker.admit(Integer.MAX_VALUE);
    worker.run(Integer.MAX_VALUE);
    // Twice, because the broken order needs a second go.
    for (int i = 0; i < 2; i++) {
      worker.checkLeases();
      storeOf(worker);
      worker.settle(false);
    }
  }

  private String depth() {
    long lag = workers.get(0).lag();
    return "lag "
        + lag
        + ", pending "
        + pending().size()
        + ", retries "
        + redis.zcard(RETRY)
        + ", held "
        + heldByAnyone();
  }

  private List<String> violations() {
    List<String> wrong = new ArrayList<>();
    Map<String, Integer> deadByEntry = deadByEntry();
    for (Published event : published) {
      boolean dead = deadByEntry.containsKey(event.entryId());
      boolean lostByServer = lostEntries.contains(event.entryId());
      if (!dead && !lostByServer && !store.hasEvent(event.eventId())) {
        wrong.add("lost: " + event);
      }
      tally.stored += store.hasEntry(event.entryId()) ? 1 : 0;
      tally.deadLetters += dead ? 1 : 0;
    }
    deadByEntry.forEach(
        (entry, count) -> {
          if (count > 1) {
            wrong.add(count + " dead letters of the entry " + entry);
          }
          if (store.hasEntry(entry)) {
            wrong.add("stored and a dead letter: " + entry);
          }
        });
    leftOver(wrong);
    if (!faults) {
      runs.forEach(
          (run, count) -> {
            if (count > 1) {
              wrong.add("ran " + count + " times: " + run);
            }
          });
      successes.forEach(
          (event, count) -> {
            if (count > 1 && store.hasEvent(event)) {
              wrong.add("succeeded " + count + " times: " + event);
            }
          });
    }
    return wrong;
  }

  private void leftOver(List<String> wrong) {
    if (redis.hlen(RETRY_DATA) > 0) {
      wrong.add("retry data left over: " + redis.hkeys(RETRY_DATA));
    }
    Set<String> marked = new HashSet<>();
    for (String key : redis.keys(MARK + "*")) {
      String owner = redis.get(key);
      marked.add(key.substring(MARK.length()));
      String entryId = owner.substring(0, owner.indexOf(':'));
      if (!store.hasEntry(entryId) && !lostEntries.contains(entryId)) {
        wrong.add("the mark " + key + " belongs to an event that is not stored: " + owner);
      }
    }
    for (Published event : published) {
      if (store.hasEvent(event.eventId()) && !marked.contains(event.eventId())) {
        wrong.add("a stored event has lost its mark: " + event.eventId());
      }
    }
  }

  private Map<String, Integer> deadByEntry() {
    Map<String, Integer> dead = new LinkedHashMap<>();
    try {
      for (StreamEntry entry : redis.xrange(DLQ, "-", "+")) {
        String json = entry.getFields().get(DeadLetterJson.FIELD);
        dead.merge(JSON.readTree(json).path("entry_id").asText(), 1, Integer::sum);
      }
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    return dead;
  }

  /** Fails as often as the payload says. */
  private final class Handler implements EventProcessor {

    @Override
    public void process(WebhookEvent event, ProcessingContext context) throws Exception {
      runs.merge(event.entryId() + " attempt " + context.attempt(), 1, Integer::sum);
      int failures = event.payload().path("failures").asInt();
      if (failures == NEVER_SUCCEEDS && event.eventId().hashCode() % 2 == 0) {
        throw new NonRetryableException("never succeeds");
      }
      if (context.attempt() <= failures) {
        throw new IOException("fails at attempt " + context.attempt());
      }
      successes.merge(event.eventId(), 1, Integer::sum);
    }
  }

  /** Breaks the take-over rule: whoever else had the mark is taken to be done. */
  private final class TrustsEveryOtherMark implements EventStore {

    @Override
    public boolean isStored(String eventId, String entryId) {
      // Asked for the entry itself it tells the truth; only other entries are trusted blindly.
      boolean asksForHeldEntry = heldByAnyone().contains(entryId);
      return store.isStored(eventId, entryId) || !asksForHeldEntry;
    }

    @Override
    public List<StoreResult> store(List<EventRecord> records, List<AuditEntry> audit) {
      return store.store(records, audit);
    }

    @Override
    public void open() {}

    @Override
    public void ping() {}

    @Override
    public void close() {}
  }
}
