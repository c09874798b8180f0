package dev.webhookworker.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Which server answers, asked once on each new connection of the fetch thread. A server that was
 * restarted, or was made the master, may have lost the last seconds: whoever meets it first notes
 * up to which entry that may be so (server.lua). For the fetch thread.
 */
final class ServerIdentity implements RedisConnections.Greeting {

  private final RedisKeys keys;
  private final Generation generation;
  private boolean metBefore;

  ServerIdentity(RedisKeys keys, Generation generation) {
    this.keys = keys;
    this.generation = generation;
  }

  @Override
  public void greet(Connection connection) {
    String identity = identity(connection);
    List<Object> replies =
        RedisConnections.pipeline(
            connection,
            List.of(Command.call(Script.SERVER, List.of(keys.stream(), keys.meta()), identity)));
    generation.doubt(Replies.text(replies.get(0)));
    metBefore = true;
  }

  /** Empty when it can't be told and nothing suggests that it changed. */
  private String identity(Connection connection) {
    List<Object> replies;
    try {
      replies =
          new ArrayList<>(
              RedisConnections.pipeline(connection, List.of(Command.of(Protocol.Command.INFO))));
    } catch (JedisDataException refused) {
      if (RedisConnections.refusal(refused) != Refusal.NOPERM) {
        throw refused;
      }
      return metBefore ? "unknown-" + UUID.randomUUID() : "";
    }
    Map<String, String> info = StartupChecks.parse(Replies.text(replies.get(0)));
    if ("slave".equals(info.get("role"))) {
      throw new JedisConnectionException("the server is a replica and takes no writes");
    }
    return info.getOrDefault("run_id", "") + "|" + info.getOrDefault("master_replid", "");
  }
}
