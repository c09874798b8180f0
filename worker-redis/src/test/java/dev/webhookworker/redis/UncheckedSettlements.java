package dev.webhookworker.redis;

import dev.webhookworker.dlq.DeadLetterJson;
import dev.webhookworker.port.Admission;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.DueRetries;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.Recovered;
import dev.webhookworker.port.Settlement;
import dev.webhookworker.port.StreamDepth;
import dev.webhookworker.port.StreamUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.XAddParams;

/**
 * The stream with one rule broken: retries and dead letters are written without a look at the
 * lease.
 */
final class UncheckedSettlements implements EventStream {

  private final EventStream stream;
  private final RedisClient redis;

  UncheckedSettlements(EventStream stream, RedisClient redis) {
    this.stream = stream;
    this.redis = redis;
  }

  @Override
  public List<Settlement.Result> settle(List<Settlement> settlements)
      throws StreamUnavailableException {
    for (Settlement settlement : settlements) {
      if (settlement instanceof Settlement.Reschedule again) {
        reschedule(again);
      } else if (settlement instanceof Settlement.Bury bury) {
        bury(bury);
      } else {
        stream.settle(List.of(settlement));
      }
    }
    return settlements.stream().map(settlement -> Settlement.Result.DONE).toList();
  }

  private void reschedule(Settlement.Reschedule again) {
    String id = again.lease().entryId();
    String token = Long.toString(again.fencingToken());
    byte[] data = Command.bytes("webhook_events_retry_data");
    redis.hset(data, Command.bytes(id), new RetryFrame(again.state(), again.fields()).encode());
    redis.hset("webhook_events_retry_data", Map.of(id + "#token", token, id + "#base", token));
    double due = System.currentTimeMillis() + again.delay().toMillis();
    redis.zadd("webhook_events_retry", due, id);
    redis.xack("webhook_events", "webhook_workers", new StreamEntryID(id));
  }

  private void bury(Settlement.Bury bury) {
    String id = bury.lease().entryId();
    Map<String, String> fields = new LinkedHashMap<>();
    bury.fields()
        .forEach((name, value) -> fields.put(name, new String(value, StandardCharsets.UTF_8)));
    fields.put(DeadLetterJson.FIELD, DeadLetterJson.of(id, bury.record()));
    redis.xadd("webhook_events_dlq", XAddParams.xAddParams(), fields);
    redis.zrem("webhook_events_retry", id);
    redis.hdel("webhook_events_retry_data", id, id + "#token", id + "#base");
    redis.xack("webhook_events", "webhook_workers", new StreamEntryID(id));
    Claim claim = bury.claim();
    if (claim != null
        && claim.owner().equals(redis.get("webhook:idempotency:" + claim.eventId()))) {
      redis.del("webhook:idempotency:" + claim.eventId());
    }
  }

  @Override
  public void open() throws StreamUnavailableException {
    stream.open();
  }

  @Override
  public String consumerName() {
    return stream.consumerName();
  }

  @Override
  public List<Delivery> read(int max, Duration wait) throws StreamUnavailableException {
    return stream.read(max, wait);
  }

  @Override
  public Recovered readOwnPending(Set<String> held, boolean crashed)
      throws StreamUnavailableException {
    return stream.readOwnPending(held, crashed);
  }

  @Override
  public DueRetries takeDueRetries(int max) throws StreamUnavailableException {
    return stream.takeDueRetries(max);
  }

  @Override
  public Recovered recover(int max) throws StreamUnavailableException {
    return stream.recover(max);
  }

  @Override
  public List<Delivery> recoverSuspect() throws StreamUnavailableException {
    return stream.recoverSuspect();
  }

  @Override
  public List<Admission> admit(List<Delivery> deliveries, List<Claim> claims)
      throws StreamUnavailableException {
    return stream.admit(deliveries, claims);
  }

  @Override
  public boolean takeOver(Claim claim, String owner) throws StreamUnavailableException {
    return stream.takeOver(claim, owner);
  }

  @Override
  public Set<Lease> renew(Collection<Lease> leases) throws StreamUnavailableException {
    return stream.renew(leases);
  }

  @Override
  public void release(Collection<Lease> leases) throws StreamUnavailableException {
    stream.release(leases);
  }

  @Override
  public dev.webhookworker.port.ResourceTurns turns() {
    return stream.turns();
  }

  @Override
  public dev.webhookworker.port.DestinationLines destinationLines() {
    return stream.destinationLines();
  }

  @Override
  public dev.webhookworker.port.DestinationFailures destinationFailures() {
    return stream.destinationFailures();
  }

  @Override
  public dev.webhookworker.port.DeadLetterQueue deadLetters() {
    return stream.deadLetters();
  }

  @Override
  public StreamDepth depth() throws StreamUnavailableException {
    return stream.depth();
  }

  @Override
  public void maintain() throws StreamUnavailableException {
    stream.maintain();
  }

  @Override
  public Map<String, Object> ping() throws StreamUnavailableException {
    return stream.ping();
  }

  @Override
  public List<String> warnings() {
    return stream.warnings();
  }

  @Override
  public void close() {
    stream.close();
  }
}
