package dev.webhookworker.redis;

import dev.webhookworker.EventPublisher;
import dev.webhookworker.OutgoingEvent;
import dev.webhookworker.RedisSettings;
import dev.webhookworker.port.StreamUnavailableException;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;

/** Publishes with XADD. Thread-safe. */
public final class RedisEventPublisher implements EventPublisher {

  private final RedisConnections redis;
  private final byte[] stream;

  private RedisEventPublisher(RedisConnections redis, String stream) {
    this.redis = redis;
    this.stream = Command.bytes(stream);
  }

  /** A publisher with connections of its own. */
  public static RedisEventPublisher to(RedisSettings settings, String stream) {
    return new RedisEventPublisher(RedisConnections.to(settings), stream);
  }

  /** A publisher on the host's client, which is never closed. */
  public static RedisEventPublisher with(RedisClient client, String stream) {
    return new RedisEventPublisher(RedisConnections.of(client.getPool()), stream);
  }

  @Override
  public String publish(OutgoingEvent event) {
    return publishAll(List.of(event)).get(0);
  }

  @Override
  public List<String> publishAll(List<OutgoingEvent> events) {
    if (events.isEmpty()) {
      return List.of();
    }
    try {
      return redis.run(events.stream().map(this::xadd).toList()).stream()
          .map(Replies::text)
          .toList();
    } catch (StreamUnavailableException away) {
      throw new PublishException(
          "not published, or not known to be: " + away.getMessage() + "; publish it again", away);
    }
  }

  private Command xadd(OutgoingEvent event) {
    List<Object> arguments = new ArrayList<>(2 + 2 * event.fields().size());
    arguments.add(stream);
    arguments.add("*");
    event
        .fields()
        .forEach(
            (name, value) -> {
              arguments.add(name);
              arguments.add(value);
            });
    return Command.of(Protocol.Command.XADD, arguments.toArray());
  }

  @Override
  public void close() {
    redis.close();
  }
}
