package dev.webhookworker.redis;

import dev.webhookworker.port.StreamUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Protocol;

/**
 * The lease on a consumer name. A process that died leaves its lease for a while: a successor that
 * would see the process if it lived takes the name over at once. A restarted container has another
 * process namespace and can't see it: it watches for some seconds whether the lease is still being
 * renewed, which a live process does every second, and takes it over when it is not. A frozen
 * process that loses its name so goes on under another one, and what was pending under the name is
 * recovered as after any unclean end. For the fetch thread and the heartbeat.
 */
final class ConsumerName {

  private static final Logger LOG = LoggerFactory.getLogger(ConsumerName.class);
  private static final int MOST_SUFFIXES = 1000;
  private static final Duration RENEWED = Duration.ofSeconds(1);
  private static final Duration WATCHED = RENEWED.multipliedBy(5);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  private final RedisConnections redis;
  private final RedisKeys keys;
  private final String wanted;
  private final Duration ttl;
  private final Duration watched;
  private final ProcessIdentity self = ProcessIdentity.ofThisProcess();

  private volatile String name;

  // Guarded by this.
  private @Nullable ScheduledExecutorService renewing;

  ConsumerName(RedisConnections redis, RedisKeys keys, String wanted, Duration ttl) {
    this(redis, keys, wanted, ttl, WATCHED);
  }

  /**
   * @param watched how long the lease of a process that can't be seen is watched
   */
  ConsumerName(
      RedisConnections redis, RedisKeys keys, String wanted, Duration ttl, Duration watched) {
    this.watched = watched;
    this.redis = redis;
    this.keys = keys;
    this.wanted = wanted;
    this.ttl = ttl;
    this.name = wanted;
  }

  String get() {
    return name;
  }

  /**
   * Takes the wanted name, or the first free one with a suffix. Waits for some seconds where the
   * wanted name is a process' that can't be seen from here.
   */
  void take() throws StreamUnavailableException {
    take(true);
  }

  /** The same without a wait: somebody has just taken this process' name. */
  void takeAnother() throws StreamUnavailableException {
    take(false);
  }

  private void take(boolean mayWait) throws StreamUnavailableException {
    if (holder(name, "").isEmpty()) {
      renewEverySecond();
      return;
    }
    for (int i = 1; i <= MOST_SUFFIXES; i++) {
      String candidate = i == 1 ? wanted : wanted + "-" + i;
      String holder = holder(candidate, "");
      if (!holder.isEmpty() && isGone(candidate, holder, mayWait && i == 1)) {
        holder = holder(candidate, holder);
      }
      if (holder.isEmpty()) {
        renewEverySecond();
        use(candidate);
        return;
      }
    }
    throw new StreamUnavailableException(
        "no free consumer name for '" + wanted + "' among " + MOST_SUFFIXES, null);
  }

  private boolean isGone(String candidate, String holder, boolean mayWait)
      throws StreamUnavailableException {
    return self.sees(holder) ? !self.seesAlive(holder) : mayWait && isNotRenewed(candidate);
  }

  /** Watches whether the time that a lease has left goes down as the time goes by. */
  private boolean isNotRenewed(String candidate) throws StreamUnavailableException {
    LOG.atInfo()
        .addKeyValue("name", candidate)
        .log(
            "A process that can't be seen from here has this consumer name; watching for some"
                + " seconds whether it lives");
    long end = System.nanoTime() + watched.toNanos();
    long left = millisLeft(candidate);
    while (System.nanoTime() - end < 0) {
      try {
        TimeUnit.NANOSECONDS.sleep(BETWEEN_LOOKS.toNanos());
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        return false;
      }
      long now = millisLeft(candidate);
      if (now < 0) {
        return true;
      }
      if (now > left - BETWEEN_LOOKS.toMillis() / 2) {
        return false;
      }
      left = now;
    }
    return true;
  }

  private long millisLeft(String candidate) throws StreamUnavailableException {
    return Replies.number(
        redis.run(Command.of(Protocol.Command.PTTL, keys.consumerLease(candidate))));
  }

  private synchronized void renewEverySecond() {
    if (renewing == null) {
      ScheduledThreadPoolExecutor timer =
          new ScheduledThreadPoolExecutor(1, ConsumerName::renewingThread);
      var unused =
          timer.scheduleWithFixedDelay(
              this::renewQuietly, RENEWED.toMillis(), RENEWED.toMillis(), TimeUnit.MILLISECONDS);
      renewing = timer;
    }
  }

  private static Thread renewingThread(Runnable task) {
    Thread thread = new Thread(task, "worker-name");
    thread.setDaemon(true);
    return thread;
  }

  /** What goes wrong here, the heartbeat meets and tells. */
  private void renewQuietly() {
    try {
      Object unused = redis.run(nameCommand(name, "", "1"));
    } catch (StreamUnavailableException | RuntimeException away) {
      LOG.atDebug().log("The consumer name's lease could not be renewed");
    }
  }

  /** Ends what renews it; the lease runs out by itself. */
  synchronized void stop() {
    if (renewing != null) {
      renewing.shutdownNow();
    }
  }

  private void use(String candidate) {
    if (!candidate.equals(wanted)) {
      LOG.atWarn()
          .addKeyValue("wanted", wanted)
          .addKeyValue("used", candidate)
          .log(
              "Another live process has this consumer name. Give every process its own"
                  + " WORKER_CONSUMER_NAME (unset, it is the host name), so that a restarted one"
                  + " takes its own entries back at once");
    }
    name = candidate;
  }

  /** Renews the lease; false when another process has it now. */
  boolean renew() throws StreamUnavailableException {
    return holder(name, "").isEmpty();
  }

  void drop() throws StreamUnavailableException {
    redis.run(Command.call(Script.DROP_NAME, List.of(keys.consumerLease(name)), self.toString()));
  }

  private String holder(String candidate, String mayReplace) throws StreamUnavailableException {
    return Replies.text(redis.run(nameCommand(candidate, mayReplace, "0")));
  }

  private Command nameCommand(String candidate, String mayReplace, String onlyRenew) {
    return Command.call(
        Script.NAME,
        List.of(keys.consumerLease(candidate)),
        self.toString(),
        ttl.toMillis(),
        mayReplace,
        onlyRenew);
  }

  /**
   * Who a lease belongs to: machine and process namespace, process and when it began, because the
   * next process may have its number, and a random part for each worker of it.
   */
  record ProcessIdentity(String machine, long pid, String began, String unique) {

    static ProcessIdentity ofThisProcess() {
      String machine =
          read(Path.of("/proc/sys/kernel/random/boot_id"))
                  .orElseGet(() -> "unknown-" + UUID.randomUUID())
              + "/"
              + namespace();
      return new ProcessIdentity(
          machine,
          ProcessHandle.current().pid(),
          began(ProcessHandle.current()),
          UUID.randomUUID().toString());
    }

    /** Whether that process would be visible from here if it lived. */
    boolean sees(String identity) {
      return identity.startsWith(machine + "|");
    }

    boolean seesAlive(String identity) {
      String[] parts = identity.split("\\|", -1);
      if (parts.length != 4) {
        return true;
      }
      return ProcessHandle.of(Long.parseLong(parts[1]))
          .filter(ProcessHandle::isAlive)
          .map(other -> began(other).equals(parts[2]))
          .orElse(false);
    }

    private static String began(ProcessHandle process) {
      return process.info().startInstant().map(Instant::toString).orElse("unknown");
    }

    private static String namespace() {
      try {
        return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
      } catch (IOException | UnsupportedOperationException elsewhere) {
        return "no-namespace";
      }
    }

    private static Optional<String> read(Path file) {
      try {
        return Optional.of(Files.readString(file).trim());
      } catch (IOException elsewhere) {
        return Optional.empty();
      }
    }

    @Override
    public String toString() {
      return machine + "|" + pid + "|" + began + "|" + unique;
    }
  }
}
