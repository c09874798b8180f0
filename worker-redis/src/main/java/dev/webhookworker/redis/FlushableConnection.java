package dev.webhookworker.redis;

import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;

/** A connection whose commands can be sent before their replies are asked for. */
final class FlushableConnection extends Connection {

  FlushableConnection(HostAndPort host, JedisClientConfig config) {
    super(host, config);
  }

  @Override
  protected void flush() {
    super.flush();
  }
}
