package dev.webhookworker.redis;

import dev.webhookworker.dlq.DeadLetterJson;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.Settlement;
import dev.webhookworker.port.Source;
import dev.webhookworker.port.StreamUnavailableException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.params.XPendingParams;

/** Queue and store with one rule of the protocol broken. */
final class Broken {

  private static final String STREAM = "webhook_events";
  private static final String GROUP = "webhook_workers";
  private static final String RETRY = "webhook_events_retry";
  private static final String RETRY_DATA = "webhook_events_retry_data";

  private final BrokenRule rule;
  private final RedisClient redis;

  Broken(BrokenRule rule, RedisClient redis) {
    this.rule = rule;
    this.redis = redis;
  }

  EventStore store(EventStore real) {
    return rule == BrokenRule.ACKNOWLEDGE_BEFORE_STORE
        ? proxy(
            EventStore.class,
            real,
            (name, arguments) -> {
              if (name.equals("store")) {
                ((List<?>) arguments[0]).forEach(record -> acknowledge((EventRecord) record));
              }
              return null;
            })
        : real;
  }

  private void acknowledge(EventRecord record) {
    // The old copy of the protocol told the stream first.
    redis.zrem(RETRY, record.entryId());
    redis.hdel(
        RETRY_DATA, record.entryId(), record.entryId() + "#token", record.entryId() + "#base");
    acknowledge(record.entryId());
    if (Math.floorMod(record.eventId().hashCode(), 2) == 0) {
      throw new IllegalStateException("the process ends between the two");
    }
  }

  private void acknowledge(String entryId) {
    try {
      redis.xack(STREAM, GROUP, new StreamEntryID(entryId));
    } catch (JedisDataException noGroup) {
      // There is nothing to acknowledge.
    }
  }

  EventStream stream(EventStream real) {
    return switch (rule) {
      case NO_OWNERSHIP_CHECK ->
          proxy(
              EventStream.class,
              real,
              (name, arguments) ->
                  name.equals("renew")
                      ? Set.of()
                      : name.equals("settle")
                          ? settleUnchecked(real, settlements(arguments))
                          : null);
      case LATE_SUCCESS_LEAVES_THE_REST ->
          proxy(
              EventStream.class,
              real,
              (name, arguments) ->
                  name.equals("settle") ? acknowledgeOnly(real, settlements(arguments)) : null);
      case LAST_COPY_IS_THROWN_AWAY ->
          proxy(
              EventStream.class,
              real,
              (name, arguments) ->
                  name.equals("settle") ? throwLastAway(real, settlements(arguments)) : null);
      case PUT_OFF_FORGETS_CRASHES ->
          proxy(
              EventStream.class,
              real,
              (name, arguments) ->
                  name.equals("settle") ? forgetCrashes(real, settlements(arguments)) : null);
      default -> real;
    };
  }

  private static List<Settlement> settlements(Object[] arguments) {
    List<Settlement> all = new ArrayList<>();
    ((List<?>) arguments[0]).forEach(one -> all.add((Settlement) one));
    return all;
  }

  private List<Settlement.Result> settleUnchecked(EventStream real, List<Settlement> all)
      throws StreamUnavailableException {
    for (Settlement settlement : all) {
      if (settlement instanceof Settlement.Reschedule again) {
        reschedule(again);
      } else if (settlement instanceof Settlement.Bury bury) {
        bury(bury);
      } else {
        List<Settlement.Result> unused = real.settle(List.of(settlement));
      }
    }
    return done(all);
  }

  private static List<Settlement.Result> done(List<Settlement> all) {
    return all.stream().map(settlement -> Settlement.Result.DONE).toList();
  }

  private void reschedule(Settlement.Reschedule again) {
    String id = again.lease().entryId();
    String token = Long.toString(again.lease().fencingToken());
    redis.hset(
        Command.bytes(RETRY_DATA),
        Command.bytes(id),
        new RetryFrame(again.state(), again.fields()).encode());
    redis.hset(RETRY_DATA, Map.of(id + "#token", token, id + "#base", token));
    redis.zadd(RETRY, (double) (System.currentTimeMillis() + again.delay().toMillis()), id);
    acknowledge(id);
  }

  private void bury(Settlement.Bury bury) {
    String id = bury.lease().entryId();
    Map<String, String> fields = new LinkedHashMap<>();
    bury.fields()
        .forEach((name, value) -> fields.put(name, new String(value, StandardCharsets.UTF_8)));
    fields.put(DeadLetterJson.FIELD, DeadLetterJson.of(id, bury.record()));
    redis.xadd("webhook_events_dlq", XAddParams.xAddParams(), fields);
    redis.zrem(RETRY, id);
    redis.hdel(RETRY_DATA, id, id + "#token", id + "#base");
    acknowledge(id);
    Claim claim = bury.claim();
    if (claim != null
        && claim.owner().equals(redis.get("webhook:idempotency:" + claim.eventId()))) {
      redis.del("webhook:idempotency:" + claim.eventId());
    }
  }

  private List<Settlement.Result> acknowledgeOnly(EventStream real, List<Settlement> all)
      throws StreamUnavailableException {
    List<Settlement.Result> results = new ArrayList<>();
    for (Settlement settlement : all) {
      if (settlement instanceof Settlement.Acknowledge done
          && done.stored()
          && done.lease().source() == Source.STREAM) {
        acknowledge(done.lease().entryId());
        results.add(Settlement.Result.DONE);
      } else {
        results.addAll(real.settle(List.of(settlement)));
      }
    }
    return results;
  }

  private List<Settlement.Result> throwLastAway(EventStream real, List<Settlement> all)
      throws StreamUnavailableException {
    List<Settlement.Result> results = new ArrayList<>();
    for (Settlement settlement : all) {
      results.addAll(
          isAnywhere(settlement.lease().entryId())
              ? real.settle(List.of(settlement))
              : List.of(Settlement.Result.LOST));
    }
    return results;
  }

  private boolean isAnywhere(String entryId) {
    StreamEntryID id = new StreamEntryID(entryId);
    try {
      return redis.zscore(RETRY, entryId) != null
          || !redis.xpending(STREAM, GROUP, XPendingParams.xPendingParams(id, id, 1)).isEmpty();
    } catch (JedisDataException noGroup) {
      return false;
    }
  }

  private List<Settlement.Result> forgetCrashes(EventStream real, List<Settlement> all)
      throws StreamUnavailableException {
    return real.settle(
        all.stream()
            .map(
                settlement ->
                    settlement instanceof Settlement.Reschedule again
                        ? new Settlement.Reschedule(
                            again.lease(),
                            again.fields(),
                            again.state(),
                            again.delay(),
                            0,
                            again.mayBeStored(),
                            again.claim())
                        : settlement)
            .toList());
  }

  /** What is done in place of a call; null when the real one is made. */
  private interface Instead {
    Object of(String method, Object[] arguments) throws Exception;
  }

  private static <T> T proxy(Class<T> port, T real, Instead instead) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (self, method, arguments) -> {
              Object answer = instead.of(method.getName(), arguments);
              if (answer != null) {
                return answer;
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            }));
  }
}
