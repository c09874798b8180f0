/** The event stream on Redis. */
module dev.webhookworker.redis {
  requires transitive dev.webhookworker.core;
  requires transitive redis.clients.jedis;
  requires org.slf4j;
  requires com.fasterxml.jackson.databind;
  requires static org.jspecify;
  requires org.apache.commons.pool2;

  exports dev.webhookworker.redis;

  provides dev.webhookworker.spi.WorkerModule with
      dev.webhookworker.redis.RedisModule;
}
