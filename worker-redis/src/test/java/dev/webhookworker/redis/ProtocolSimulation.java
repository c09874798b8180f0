package dev.webhookworker.redis;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.RetryPolicy;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.dispatch.Pipelines;
import dev.webhookworker.dlq.DeadLetterJson;
import dev.webhookworker.dlq.DlqParts;
import dev.webhookworker.dlq.DlqWorker;
import dev.webhookworker.limit.ToolGates;
import dev.webhookworker.pipeline.EventPipeline;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.EntryIds;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.StoreResult;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.spi.EventProcessor;
import dev.webhookworker.spi.ProcessingContext;
import dev.webhookworker.spi.WorkerListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
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
 * seed. The workers are the parts of real ones, stepped; they may die between any two calls of a
 * server. Time is not waited for: pending entries are made idle and scores are moved into the past,
 * which is what a pause looks like to the server.
 */
final class ProtocolSimulation {

  private static final String STREAM = "webhook_events";
  private static final String GROUP = "webhook_workers";
  private static final String RETRY = "webhook_events_retry";
  private static final String RETRY_DATA = "webhook_events_retry_data";
  private static final String META = "webhook_events_meta";
  private static final String DLQ = "webhook_events_dlq";
  private static final String MARK = "webhook:idempotency:";
  private static final Duration VISIBILITY = Duration.ofMinutes(1);
  private static final long BEYOND_VISIBILITY = VISIBILITY.multipliedBy(2).toMillis();
  private static final Duration LONGER_THAN_ANY_DELAY = Duration.ofDays(2);
  private static final int WORKERS = 3;
  private static final int STEPS = 150;
  private static final int ROUNDS_TO_REST = 240;
  private static final int WAITING_ROUNDS = 4;
  private static final int NEVER_SUCCEEDS = 99;
  private static final String KILLS = "kills";
  private static final String PAUSED_AT_TIMES = "inline:paused-at-times";
  private static final String PAUSED_TOOL = "{\"tool_config\":{\"id\":\"paused-at-times\"}}";
  private static final Duration A_TURN_LATER = Duration.ofMillis(1100);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a schedule has met. */
  static final class Tally {
    int schedules;
    int crashes;
    int pauses;
    int lostGroups;
    int lostReplies;
    int lostEntries;
    int trims;
    int failovers;
    int outages;
    int errors;
    int toolPauses;
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
          + " lost entries, "
          + trims
          + " foreign trims, "
          + failovers
          + " failovers, "
          + outages
          + " outages, "
          + errors
          + " Errors of handlers, "
          + toolPauses
          + " pauses of a tool; "
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
  private final RedisClient ofWorkers;
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
  private final Map<String, Integer> runsOfKillers = new LinkedHashMap<>();
  private final List<String> thrownAway = new ArrayList<>();
  private int incarnations;
  private List<Snapshot> replica = List.of();
  private boolean serverLostData;
  private boolean countersLost;
  private boolean failsNow;
  private final List<ToolGates> gates = new ArrayList<>();
  private boolean toolIsPaused;
  private final boolean keepsItsData;

  /** What was done, step by step, for the message of a failure. */
  List<String> history() {
    return history;
  }

  private void note(String what) {
    history.add(what);
  }

  /**
   * @param redis the simulation's own way to the server
   * @param ofWorkers the workers' connections, which a failover cuts
   */
  ProtocolSimulation(
      RedisClient redis,
      RedisClient ofWorkers,
      long seed,
      boolean faults,
      BrokenRule broken,
      Tally tally) {
    this.redis = redis;
    this.ofWorkers = ofWorkers;
    this.random = new Random(seed);
    this.faults = faults;
    this.keepsItsData = seed % 2 == 0;
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
      noteHeld();
      buryTheDead();
    }
    List<String> violations = new ArrayList<>(thrownAway);
    workers.forEach(worker -> worker.steadiness().heal());
    pauseTool(false);
    if (!comesToRest()) {
      violations.add("does not come to rest: " + depth());
    }
    for (SimulatedWorker worker : workers) {
      if (worker.engine().strayed() > 0) {
        violations.add(worker.name() + " let events go: " + worker.engine().strayed());
      }
      if (!worker.engine().keepsFailing().isEmpty()) {
        violations.add(worker.name() + ": " + worker.engine().keepsFailing());
      }
    }
    workers.forEach(SimulatedWorker::crash);
    violations.addAll(violations());
    tally.schedules++;
    return violations;
  }

  private SimulatedWorker worker(String name) {
    AtomicLong nanoTime = new AtomicLong();
    WorkerConfig own = config.toBuilder().consumerName(name).build();
    EventStream real =
        new RedisEventStream(own, RedisConnections.of(ofWorkers.getPool()), nanoTime::get);
    Broken rules = new Broken(broken, redis);
    return new SimulatedWorker(
        name, own, nanoTime, rules.stream(real), rules.store(store), this::pipeline);
  }

  private EventPipeline pipeline(EventStream stream, Steadiness steadiness) {
    EventStore asked =
        broken == BrokenRule.NO_TAKE_OVER
            ? new TrustsEveryOtherMark()
            : steadiness.around(EventStore.class, store);
    return Pipelines.with(
        config, stream, asked, gates(), Clock.systemUTC(), random, new Handler(steadiness));
  }

  private ToolGates gates() {
    ToolGates one = new ToolGates(0, WorkerListener.NOOP);
    if (toolIsPaused) {
      one.pause(PAUSED_AT_TIMES);
    }
    gates.add(one);
    return one;
  }

  private void pauseTool(boolean pause) {
    note(pause ? "tool paused" : "tool resumed");
    toolIsPaused = pause;
    gates.forEach(
        one -> {
          if (pause) {
            one.pause(PAUSED_AT_TIMES);
          } else {
            one.resume(PAUSED_AT_TIMES);
          }
        });
  }

  // ---------------------------------------------------------------- the schedule

  private void step(SimulatedWorker worker) {
    int dice = random.nextInt(faults ? 130 : 100);
    if (dice < 12) {
      publish();
    } else if (dice < 40) {
      fetch(worker, A_TURN_LATER);
    } else if (dice < 46) {
      waitingBecomesDue();
      fetch(worker, A_TURN_LATER);
    } else if (dice < 64) {
      note(worker.name() + " handles");
      worker.engine().handle(1 + random.nextInt(3));
    } else if (dice < 86) {
      note(worker.name() + " settles");
      int lane = random.nextInt(2);
      keepingLastCopies(worker, () -> worker.engine().settle(lane));
    } else if (dice < 91) {
      worker.engine().heartbeat();
    } else if (dice < 93) {
      note(worker.name() + " releases");
      keepingLastCopies(worker, worker::release);
    } else if (dice < 94) {
      tally.toolPauses += toolIsPaused ? 0 : 1;
      pauseTool(!toolIsPaused);
    } else if (dice < 96) {
      worker.engine().watch();
      worker.engine().lookForStrays();
    } else if (dice < 100) {
      maintain(worker);
    } else {
      fault(dice - 100, worker);
    }
  }

  private void fault(int dice, SimulatedWorker worker) {
    if (dice < 4) {
      note(worker.name() + " crashes");
      worker.steadiness().die();
    } else if (dice < 8) {
      int calls = random.nextInt(4);
      note(worker.name() + " will crash after " + calls + " calls");
      worker.steadiness().dieAfter(calls);
    } else if (dice < 13) {
      tally.pauses++;
      pause(worker);
    } else if (dice < 15 && keepsItsData) {
      freezeInTheMiddleOfStoring(worker);
    } else if (dice < 15) {
      tally.lostGroups++;
      loseGroup();
    } else if (dice < 16 && keepsItsData) {
      worker.steadiness().refuseStore(8);
    } else if (dice < 16) {
      tally.lostEntries++;
      loseEntry();
    } else if (dice < 17) {
      tally.trims++;
      trim();
    } else if (dice < 18) {
      replica = snapshot();
    } else if (dice < 19 && keepsItsData) {
      worker.steadiness().refuseStore(8);
    } else if (dice < 19) {
      failOver();
    } else if (dice < 21) {
      tally.lostReplies++;
      note(worker.name() + " will lose a reply");
      worker.steadiness().loseReply();
    } else if (dice < 23) {
      tally.outages++;
      note(worker.name() + " loses Redis");
      worker.steadiness().refuseStream(1 + random.nextInt(6));
    } else if (dice < 25) {
      tally.outages++;
      note(worker.name() + " loses the store");
      worker.steadiness().refuseStore(1 + random.nextInt(6));
    } else {
      abandonedComesOfAge();
      fetch(worker, A_TURN_LATER);
    }
  }

  private void fetch(SimulatedWorker worker, Duration since) {
    note(worker.name() + " fetches");
    // Nobody waits for the second in which one worker's look is enough for all.
    redis.del(STREAM + ":recovery");
    worker.fetch(since);
  }

  private void keepingLastCopies(SimulatedWorker worker, Runnable step) {
    Set<String> lastCopies = new TreeSet<>(worker.heldEntries());
    lastCopies.retainAll(lostEntries);
    step.run();
    lastCopies.removeAll(worker.heldEntries());
    lastCopies.forEach(this::checkThatItEnded);
  }

  /** The server had lost the entry, and its last copy has just been settled or given back. */
  private void checkThatItEnded(String entryId) {
    String eventId =
        published.stream()
            .filter(one -> one.entryId().equals(entryId))
            .findFirst()
            .orElseThrow()
            .eventId();
    if (!countersLost
        && !heldByAnyone().contains(entryId)
        && pending().stream().noneMatch(entry -> entry.getID().toString().equals(entryId))
        && !store.hasEvent(eventId)
        && redis.zscore(RETRY, entryId) == null
        && !deadByEntry().containsKey(entryId)) {
      thrownAway.add("the last copy was thrown away: " + entryId);
    }
  }

  private void noteHeld() {
    StringBuilder all = new StringBuilder("  held");
    workers.forEach(worker -> all.append(' ').append(worker.heldEntries()));
    history.add(all.toString());
  }

  private void buryTheDead() {
    for (SimulatedWorker worker : List.copyOf(workers)) {
      if (worker.steadiness().isDead()) {
        tally.crashes++;
        crash(worker);
      }
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
    String type = typeOf(eventId);
    String payload = "{\"failures\":" + failures + (otherBody ? ",\"other\":true}" : "}");
    tally.duplicates += duplicate ? 1 : 0;
    StreamEntryID id =
        redis.xadd(
            STREAM,
            XAddParams.xAddParams(),
            Map.of(
                "event_id",
                eventId,
                "event_type",
                type,
                "payload",
                payload,
                "metadata",
                Math.floorMod(eventId.hashCode(), 5) == 0 ? PAUSED_TOOL : "{}"));
    note("published " + id + " " + eventId + " " + type + " " + payload);
    published.add(new Published(id.toString(), eventId));
  }

  private String typeOf(String eventId) {
    int kind = Math.floorMod(eventId.hashCode(), 17);
    if (kind == 0) {
      return SharedStore.REFUSED_TYPE;
    }
    return (kind == 1 || kind == 2) && faults ? KILLS : "push";
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
    redis.del(STREAM + ":consumer:" + name);
    workers.set(workers.indexOf(worker), worker(next));
  }

  private void pause(SimulatedWorker worker) {
    note(worker.name() + " paused");
    Set<String> held = worker.heldEntries();
    pending().stream()
        .filter(entry -> entry.getConsumerName().equals(worker.name()))
        .forEach(this::makeIdle);
    held.forEach(id -> makeDue(id));
    worker.frozenFor(Duration.ofMillis(BEYOND_VISIBILITY));
  }

  private void loseGroup() {
    note("group lost");
    countersLost = true;
    if (redis.exists(STREAM)) {
      redis.xgroupDestroy(STREAM, GROUP);
    }
  }

  /** A delivered entry is gone, as if it had never been replicated. */
  private void loseEntry() {
    List<StreamPendingEntry> pending = pending();
    if (!pending.isEmpty()) {
      StreamEntryID id = pending.get(random.nextInt(pending.size())).getID();
      note("entry lost " + id);
      redis.xdel(STREAM, id);
      lostEntries.add(id.toString());
    }
  }

  /** A producer's MAXLEN: what was not delivered is nobody's, what is held is the last copy. */
  private void trim() {
    Set<String> before = idsInStream();
    redis.xtrim(STREAM, 2, false);
    before.removeAll(idsInStream());
    note("trimmed by somebody " + before);
    lostEntries.addAll(before);
  }

  private Set<String> idsInStream() {
    Set<String> ids = new TreeSet<>();
    redis.xrange(STREAM, "-", "+").forEach(entry -> ids.add(entry.getID().toString()));
    return ids;
  }

  private record Snapshot(byte[] key, byte[] value, long ttlMillis) {}

  /**
   * Between its last look at the leases and the commit the worker freezes for so long that another
   * one takes over and comes to an end of its own.
   */
  private void freezeInTheMiddleOfStoring(SimulatedWorker worker) {
    note(worker.name() + " will freeze while it stores");
    worker
        .steadiness()
        .beforeNextStore(
            () -> {
              tally.pauses++;
              pause(worker);
              SimulatedWorker other = workers.get((workers.indexOf(worker) + 1) % WORKERS);
              failsNow = true;
              for (int i = 0; i < 3; i++) {
                fetch(other, A_TURN_LATER);
                other.engine().handle(Integer.MAX_VALUE);
                other.engine().settle(0);
                other.engine().settle(1);
              }
              failsNow = false;
            });
  }

  /** What a replica has got so far. */
  private List<Snapshot> snapshot() {
    List<Snapshot> all = new ArrayList<>();
    for (byte[] key : redis.keys("*".getBytes(StandardCharsets.UTF_8))) {
      byte[] value = redis.dump(key);
      if (value != null) {
        all.add(new Snapshot(key, value, Math.max(0, redis.pttl(key))));
      }
    }
    note("replicated");
    return all;
  }

  /** The replica takes over: what came after its last copy is lost, in every structure at once. */
  private void failOver() {
    tally.failovers++;
    serverLostData = true;
    countersLost = true;
    note("failed over");
    Set<String> before = idsInStream();
    redis.flushAll();
    for (Snapshot one : replica) {
      redis.restore(one.key(), one.ttlMillis(), one.value());
    }
    before.removeAll(idsInStream());
    lostEntries.addAll(before);
    for (Published event : published) {
      if (EntryIds.compare(event.entryId(), lastGenerated()) > 0) {
        lostEntries.add(event.entryId());
      }
    }
    if (redis.exists(META)) {
      // The replica is another server; connections of the old one are gone.
      redis.hset(META, "server", "the one that was lost");
    }
    killConnections();
    workers.forEach(worker -> worker.steadiness().refuseStream(1));
  }

  /** All but the one that asks for it. */
  private void killConnections() {
    ofWorkers.getPool().clear();
    try (Connection one = ofWorkers.getPool().getResource()) {
      Object unused =
          one.executeCommand(
              new CommandArguments(Protocol.Command.CLIENT).add("KILL").add("TYPE").add("normal"));
    }
    ofWorkers.getPool().clear();
    redis.getPool().clear();
  }

  private String lastGenerated() {
    return redis.exists(STREAM) ? redis.xinfoStream(STREAM).getLastGeneratedId().toString() : "0-0";
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
    redis.del(STREAM + ":recovery");
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
      if (round % WAITING_ROUNDS == 0) {
        // Not at each: who waits for another must not always be the first that is due.
        abandonedComesOfAge();
      }
      for (SimulatedWorker worker : List.copyOf(workers)) {
        fetch(worker, A_TURN_LATER);
        worker.engine().handle(Integer.MAX_VALUE);
        for (int lane = 0; lane < 4; lane++) {
          worker.engine().settle(lane);
        }
        worker.engine().heartbeat();
        maintain(worker);
        noteHeld();
      }
      buryTheDead();
      if (broken != BrokenRule.LATE_SUCCESS_LEAVES_THE_REST) {
        // It is the second net under that rule.
        lookAfterDeadLetters();
      }
      if (hasGroup() && depth().equals("lag 0, pending 0, retries 0, held []")) {
        return true;
      }
    }
    return false;
  }

  /** As the DLQ worker: what is stored after all is put back, to be resolved. */
  private void lookAfterDeadLetters() {
    try (RedisEventStream any =
        new RedisEventStream(config, RedisConnections.of(ofWorkers.getPool()), System::nanoTime)) {
      DlqParts parts =
          DlqParts.of(
              config,
              any,
              store,
              WorkerListener.NOOP,
              Clock.systemUTC(),
              new dev.webhookworker.crypto.FieldEncryption(config.encryption()));
      try (DlqWorker dlqWorker = DlqWorker.of(parts, () -> "the DLQ worker", store)) {
        boolean unused = dlqWorker.runOnce();
      }
    } catch (StreamUnavailableException | StoreUnavailableException away) {
      note("dead letters are not looked after: " + away.getMessage());
    }
  }

  /** Without a group nothing is delivered yet of what the stream has. */
  private boolean hasGroup() {
    try {
      return redis.xpending(STREAM, GROUP) != null;
    } catch (JedisDataException noGroup) {
      return false;
    }
  }

  private String depth() {
    long lag = lag();
    return "lag "
        + lag
        + ", pending "
        + pending().size()
        + ", retries "
        + redis.zcard(RETRY)
        + ", held "
        + heldByAnyone();
  }

  private long lag() {
    try (RedisEventStream any =
        new RedisEventStream(config, RedisConnections.of(ofWorkers.getPool()), System::nanoTime)) {
      return any.depth().lag();
    } catch (StreamUnavailableException away) {
      return -1;
    }
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
    runsOfKillers.forEach(
        (entry, count) -> {
          // A group that was lost took its counters with it.
          if (count > config.maxDeliveries() && !countersLost) {
            wrong.add("killed its worker " + count + " times: " + entry);
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
    if (serverLostData) {
      return;
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

  /** Fails as often as the payload says, now and then with an Error; some kill their worker. */
  private final class Handler implements EventProcessor {

    private final Steadiness steadiness;

    Handler(Steadiness steadiness) {
      this.steadiness = steadiness;
    }

    @Override
    public void process(WebhookEvent event, ProcessingContext context) throws Exception {
      runs.merge(event.entryId() + " attempt " + context.attempt(), 1, Integer::sum);
      if (event.eventType().equals(KILLS)) {
        runsOfKillers.merge(event.entryId(), 1, Integer::sum);
        note(event.entryId() + " kills its worker under token " + context.fencingToken());
        steadiness.die();
      }
      if (failsNow) {
        throw random.nextBoolean()
            ? new NonRetryableException("the world has changed")
            : new IOException("the world has changed");
      }
      int failures = event.payload().path("failures").asInt();
      if (failures == NEVER_SUCCEEDS && event.eventId().hashCode() % 2 == 0) {
        throw new NonRetryableException("never succeeds");
      }
      if (context.attempt() <= failures) {
        if (event.eventId().hashCode() % 3 == 0) {
          tally.errors++;
          throw new AssertionError("fails at attempt " + context.attempt());
        }
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
