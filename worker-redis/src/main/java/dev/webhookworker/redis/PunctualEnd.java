package dev.webhookworker.redis;

import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Protocol;

/**
 * Makes blocking reads end on time. A server that nobody talks to looks for reads that have waited
 * long enough every tenth of a second only, but also whenever it has served somebody ({@code
 * handleBlockedClientsTimeout} in Redis' timeout.c): so somebody talks to it when the time is over.
 * Otherwise a retry that is due then would be late by up to that. For the fetch thread.
 */
final class PunctualEnd implements AutoCloseable {

  /** A read has waited long enough when the server's clock, in milliseconds, is past its end. */
  private static final Duration PAST = Duration.ofMillis(2);

  private final RedisConnections redis;
  private final ScheduledThreadPoolExecutor timer;

  PunctualEnd(RedisConnections redis) {
    this.redis = redis;
    timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "worker-read-ends");
              thread.setDaemon(true);
              return thread;
            },
            // A read that begins while the stream is closed is interrupted by that.
            new ThreadPoolExecutor.DiscardPolicy());
    timer.setRemoveOnCancelPolicy(true);
  }

  /**
   * Sees to it that a read that begins now ends then.
   *
   * @return to be cancelled when the read is over
   */
  Future<?> after(Duration wait) {
    return timer.schedule(this::talk, wait.plus(PAST).toNanos(), TimeUnit.NANOSECONDS);
  }

  private void talk() {
    try {
      redis.run(Command.of(Protocol.Command.PING));
    } catch (StreamUnavailableException away) {
      // The read that waits meets the same, and tells it.
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
