package dev.webhookworker.redis;

import static org.awaitility.Awaitility.await;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedRedis;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.params.XClaimParams;
import redis.clients.jedis.params.XPendingParams;
import redis.clients.jedis.resps.StreamPendingEntry;

/**
 * A queue on a real server: streams on it as the documented ACL user, and what an administrator or
 * a broken producer may do to it. The server is the embedded 6.2, or the one that
 * WORKER_TEST_REDIS_SERVER names: run it with both.
 */
final class TestQueue implements AutoCloseable {

  static final String STREAM = "webhook_events";
  static final String GROUP = "webhook_workers";
  static final String RETRY = "webhook_events_retry";
  static final String META = "webhook_events_meta";

  final EmbeddedRedis redis;

  /** May do everything. */
  final RedisClient admin;

  private final RedisClient worker;
  private final List<EventStream> made = new ArrayList<>();
  private final AtomicLong passedNanos = new AtomicLong();

  TestQueue(String... settings) {
    redis = DocumentedUser.server(settings);
    admin = RedisClient.create("127.0.0.1", redis.port());
    admin.configSet("stream-node-max-entries", "1");
    worker = DocumentedUser.client(redis);
  }

  /** A stream on connections of the host's client. */
  EventStream stream(WorkerConfig config) throws StreamUnavailableException {
    return opened(config, RedisConnections.of(worker.getPool()));
  }

  EventStream opened(WorkerConfig config, RedisConnections connections)
      throws StreamUnavailableException {
    // An earlier process of that name is gone and its lease on the name has run out.
    admin.del(STREAM + ":consumer:" + config.consumerName());
    EventStream stream =
        new RedisEventStream(config, connections, () -> System.nanoTime() + passedNanos.get());
    made.add(stream);
    stream.open();
    return stream;
  }

  String publish(Map<String, String> fields) {
    return admin.xadd(STREAM, XAddParams.xAddParams(), fields).toString();
  }

  String publish(String eventId) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("event_id", eventId);
    fields.put("event_type", "push");
    fields.put("payload", "{}");
    return publish(fields);
  }

  /** Makes it look as if that much time had passed for leases and delays. */
  void timePasses(Duration duration) {
    passedNanos.addAndGet(duration.toNanos());
    admin.del(STREAM + ":recovery");
    for (StreamPendingEntry entry : pending(GROUP)) {
      admin.xclaimJustId(
          STREAM,
          GROUP,
          entry.getConsumerName(),
          0,
          XClaimParams.xClaimParams().idle(entry.getIdleTime() + duration.toMillis()),
          entry.getID());
    }
    for (String id : admin.zrange(RETRY, 0, -1)) {
      admin.zincrby(RETRY, (double) -duration.toMillis(), id);
    }
  }

  List<StreamPendingEntry> pending(String group) {
    return admin.exists(STREAM)
        ? admin.xpending(STREAM, group, XPendingParams.xPendingParams("-", "+", 1000))
        : List.of();
  }

  /** Housekeeping when everything that was published is older than a retention of 1 ms. */
  void maintain(EventStream stream) throws StreamUnavailableException {
    admin.del(STREAM + ":maintenance");
    long newest = admin.xinfoStream(STREAM).getLastGeneratedId().getTime();
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> System.currentTimeMillis() > newest + 2);
    stream.maintain();
  }

  List<String> inStream() {
    return admin.xrange(STREAM, "-", "+").stream().map(entry -> entry.getID().toString()).toList();
  }

  /** A command that the client has no method for. */
  static void tell(RedisClient client, Protocol.Command command, String... arguments) {
    CommandArguments all = new CommandArguments(command);
    for (String argument : arguments) {
      all.add(argument);
    }
    client.executeCommand(all);
  }

  /** Changes or makes an ACL user. */
  void setUser(String name, String... rules) {
    List<String> all = new ArrayList<>(List.of("SETUSER", name));
    all.addAll(List.of(rules));
    tell(admin, Protocol.Command.ACL, all.toArray(String[]::new));
  }

  /** Ends the streams and forgets everything. */
  void empty() {
    made.forEach(EventStream::close);
    made.clear();
    admin.flushAll();
  }

  @Override
  public void close() {
    made.forEach(EventStream::close);
    worker.close();
    admin.close();
    redis.close();
  }
}
