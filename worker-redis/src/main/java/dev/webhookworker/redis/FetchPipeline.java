package dev.webhookworker.redis;

import dev.webhookworker.port.StreamUnavailableException;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A conversation on the fetch thread's connection in which more is asked before all is answered.
 * Closed with answers on their way, it takes the connection with it: they would be taken for those
 * of other commands.
 */
final class FetchPipeline implements AutoCloseable {

  private final RedisConnections redis;
  private final Connection connection;
  private int unanswered;

  FetchPipeline(RedisConnections redis, Connection connection) {
    this.redis = redis;
    this.connection = connection;
  }

  /** Sends at once, so that Redis may begin; a connection of the host's sends with the next ask. */
  void send(List<Command> commands) throws StreamUnavailableException {
    unanswered += commands.size();
    try {
      RedisConnections.send(connection, commands);
      if (connection instanceof FlushableConnection own) {
        own.flush();
      }
    } catch (JedisException failure) {
      throw redis.unavailable(failure);
    }
  }

  /** The next replies; the first error among them is thrown. */
  List<Object> replies(int count) throws StreamUnavailableException {
    try {
      List<Object> replies = connection.getMany(count);
      unanswered -= count;
      Optional<JedisDataException> refused = RedisConnections.firstError(replies);
      if (refused.isPresent()) {
        throw refused.get();
      }
      return replies;
    } catch (JedisException failure) {
      throw redis.unavailable(failure);
    } catch (OutOfMemoryError tooLarge) {
      throw redis.doesNotFit(tooLarge);
    }
  }

  @Override
  public void close() {
    if (unanswered > 0) {
      connection.setBroken();
      redis.giveUpFetchConnection();
    }
  }
}
