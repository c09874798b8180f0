package dev.webhookworker.redis;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.Admission;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.ConsumerState;
import dev.webhookworker.port.DeadLetterQueue;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.DestinationFailures;
import dev.webhookworker.port.DestinationLines;
import dev.webhookworker.port.DueRetries;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.PoolFigures;
import dev.webhookworker.port.QueueUpkeep;
import dev.webhookworker.port.Recovered;
import dev.webhookworker.port.ResourceTurns;
import dev.webhookworker.port.Settlement;
import dev.webhookworker.port.StreamDepth;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.port.Waking;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Protocol;

/**
 * The delivery protocol on Redis, one verb a step; what a verb does is in the class that it calls
 * and in that class's script. docs/protocol.md says why.
 */
final class RedisEventStream implements EventStream {

  private static final Logger LOG = LoggerFactory.getLogger(RedisEventStream.class);
  private static final int COUNTED_AT_MOST = 1000;
  private static final int MADE_ON_ANOTHER_STREAM = 2;
  private static final int MOST_EVIDENCE = 100_000;
  private static final Duration EMPTY_CONSUMER_KEPT = Duration.ofHours(1);
  private static final Duration SHORTEST_NAME_LEASE = Duration.ofSeconds(5);

  private final WorkerConfig config;
  private final RedisConnections redis;
  private final RedisKeys keys;
  private final ConsumerName consumer;
  private final PunctualEnd punctualEnd;
  private final GroupReader reader;
  private final RetrySchedule retries;
  private final IdempotencyMarks marks;
  private final ReadAhead ahead;
  private final Leases leases;
  private final SettlementPipeline settlements;
  private final HashKey hashKey;
  private final RedisDeadLetters deadLetters;
  private final RedisResourceTurns turns;
  private final RedisDestinationFailures destinationFailures;
  private final RedisDestinationLines destinationLines;

  // Written by the fetch thread.
  private volatile StartupChecks checks = new StartupChecks(Map.of(), List.of());
  private volatile boolean opened;

  RedisEventStream(WorkerConfig config, RedisConnections redis) {
    this(config, redis, System::nanoTime);
  }

  RedisEventStream(WorkerConfig config, RedisConnections redis, LongSupplier nanoTime) {
    this.config = config;
    this.redis = redis;
    keys = RedisKeys.of(config);
    Generation generation = new Generation(nanoTime);
    redis.greetWith(new ServerIdentity(keys, generation));
    consumer = new ConsumerName(redis, keys, config.consumerName(), nameLease(config));
    punctualEnd = new PunctualEnd(redis);
    ReplyBounds bounds = ReplyBounds.of(config);
    reader = new GroupReader(redis, keys, config, consumer, generation, punctualEnd, bounds);
    retries = new RetrySchedule(redis, keys, config, consumer, generation, bounds);
    Duration trusted = config.visibilityTimeout().dividedBy(2);
    marks = new IdempotencyMarks(redis, keys, config.idempotencyTtl(), trusted, generation);
    ahead = new ReadAhead(redis, reader, marks);
    leases = new Leases(redis, keys, consumer, config.visibilityTimeout(), nanoTime);
    settlements = new SettlementPipeline(redis, keys, consumer, config.idempotencyTtl(), leases);
    hashKey = new HashKey(redis, keys);
    deadLetters =
        new RedisDeadLetters(
            redis, keys, config.idempotencyTtl(), hashKey, ReplyBounds.ofDeadLetters(config));
    turns = new RedisResourceTurns(redis, keys);
    destinationFailures = new RedisDestinationFailures(redis, keys);
    destinationLines = new RedisDestinationLines(redis, keys, bounds);
  }

  private static Duration nameLease(WorkerConfig config) {
    Duration visibility = config.visibilityTimeout();
    return visibility.compareTo(SHORTEST_NAME_LEASE) < 0 ? SHORTEST_NAME_LEASE : visibility;
  }

  @Override
  public void open() throws StreamUnavailableException {
    checks = StartupChecks.of(redis, Clock.systemUTC());
    consumer.take();
    reader.named();
    List<Object> replies =
        redis.run(
            List.of(
                Command.call(Script.OPEN, List.of(keys.stream(), keys.meta()), keys.group()),
                // So that an idle replica is seen too: Redis 6.2 makes it with its first entry
                // only.
                Command.of(
                    Protocol.Command.XGROUP,
                    "CREATECONSUMER",
                    keys.stream(),
                    keys.group(),
                    consumer.get())));
    hashKey.agree();
    long made = Replies.number(replies.get(0));
    if (made > 0) {
      LOG.atInfo()
          .addKeyValue("stream", config.streamName())
          .addKeyValue("group", config.groupName())
          .log("Made the consumer group");
    }
    if (made == MADE_ON_ANOTHER_STREAM) {
      LOG.atWarn()
          .addKeyValue("stream", config.streamName())
          .log(
              "The stream is another one than before: it was deleted and made again. All of its"
                  + " entries are taken as not delivered yet");
    }
    opened = true;
  }

  @Override
  public String consumerName() {
    return consumer.get();
  }

  @Override
  public long hashKey() {
    return hashKey.last();
  }

  @Override
  public List<Delivery> read(int max, Duration wait) throws StreamUnavailableException {
    return reader.read(max, wait);
  }

  @Override
  public Recovered readOwnPending(Set<String> held, boolean crashed)
      throws StreamUnavailableException {
    return reader.ownPending(held, crashed);
  }

  @Override
  public DueRetries takeDueRetries(int max) throws StreamUnavailableException {
    return retries.take(max, false);
  }

  @Override
  public Set<String> parkedPlaces() throws StreamUnavailableException {
    return retries.parkedPlaces();
  }

  @Override
  public List<Integer> wakeParked(List<Waking> wakings) throws StreamUnavailableException {
    return retries.wake(wakings);
  }

  @Override
  public Recovered recover(int max) throws StreamUnavailableException {
    return reader.recover(max, false);
  }

  @Override
  public List<Delivery> recoverSuspect() throws StreamUnavailableException {
    List<Delivery> pending = reader.recover(1, true).deliveries();
    return pending.isEmpty() ? retries.take(1, true).deliveries() : pending;
  }

  @Override
  public List<Admission> admit(List<Delivery> deliveries, List<Claim> claims)
      throws StreamUnavailableException {
    return marks.admit(deliveries, claims);
  }

  @Override
  public AdmittedAndRead admitAndRead(int max, Supplier<Claimed> claiming)
      throws StreamUnavailableException {
    return ahead.admitAndRead(max, claiming);
  }

  @Override
  public List<Delivery> readSentAhead() throws StreamUnavailableException {
    return ahead.rest();
  }

  @Override
  public boolean takeOver(Claim claim, String owner) throws StreamUnavailableException {
    return marks.takeOver(claim, owner);
  }

  @Override
  public Set<Lease> renew(Collection<Lease> held) throws StreamUnavailableException {
    if (opened && !consumer.renew()) {
      // Whoever has the name now may take what is pending under it; go on under another one.
      consumer.takeAnother();
    }
    return leases.renew(held);
  }

  @Override
  public Set<Lease> release(Collection<Lease> notStarted) throws StreamUnavailableException {
    return leases.release(notStarted);
  }

  @Override
  public List<Settlement.Result> settle(List<Settlement> outcomes)
      throws StreamUnavailableException {
    return settlements.settle(outcomes);
  }

  @Override
  public ResourceTurns turns() {
    return turns;
  }

  @Override
  public DestinationLines destinationLines() {
    return destinationLines;
  }

  @Override
  public DestinationFailures destinationFailures() {
    return destinationFailures;
  }

  @Override
  public DeadLetterQueue deadLetters() {
    return deadLetters;
  }

  @Override
  public Optional<QueueUpkeep> upkeep() {
    return Optional.of(new RedisUpkeep(redis, keys, ReplyBounds.of(config)));
  }

  @Override
  public List<ConsumerState> consumers() throws StreamUnavailableException {
    List<ConsumerState> found = new ArrayList<>();
    for (Object one :
        Replies.list(
            redis.run(
                Command.of(Protocol.Command.XINFO, "CONSUMERS", keys.stream(), keys.group())))) {
      Map<String, Object> consumer = Replies.map(one);
      String name = Replies.text(consumer.get("name"));
      if (name.equals(GroupReader.RELEASED)) {
        continue;
      }
      Object lease = redis.run(Command.of(Protocol.Command.EXISTS, keys.consumerLease(name)));
      found.add(
          new ConsumerState(
              name,
              Replies.number(consumer.getOrDefault("pending", 0L)),
              Duration.ofMillis(Replies.number(consumer.getOrDefault("idle", 0L))),
              Replies.number(lease) == 1));
    }
    found.sort(Comparator.comparing(ConsumerState::name));
    return found;
  }

  @Override
  public StreamDepth depth() throws StreamUnavailableException {
    return Depth.of(redis, keys, COUNTED_AT_MOST);
  }

  @Override
  public void maintain() throws StreamUnavailableException {
    redis.run(
        Command.call(
            Script.MAINTAIN,
            List.of(
                keys.stream(), keys.meta(), keys.maintenanceLock(), keys.taken(), keys.discarded()),
            keys.group(),
            consumer.get(),
            Math.max(1, config.maintenanceInterval().toMillis() - 50),
            config.streamRetention().toMillis(),
            EMPTY_CONSUMER_KEPT.toMillis(),
            config.idempotencyTtl().toMillis(),
            MOST_EVIDENCE));
    hashKey.agree();
  }

  @Override
  public Optional<PoolFigures> pool() {
    return redis.figures();
  }

  @Override
  public Map<String, Object> ping() throws StreamUnavailableException {
    redis.run(Command.of(Protocol.Command.PING));
    Map<String, Object> facts = new LinkedHashMap<>(checks.facts());
    facts.put("consumer", consumer.get());
    return facts;
  }

  @Override
  public List<String> warnings() {
    return checks.warnings();
  }

  @Override
  public void close() {
    consumer.stop();
    punctualEnd.close();
    if (opened) {
      try {
        consumer.drop();
      } catch (StreamUnavailableException away) {
        LOG.atDebug().log("The consumer name's lease is left to run out");
      }
    }
    redis.close();
  }
}
