package dev.webhookworker.redis;

import dev.webhookworker.port.StreamUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lease on a consumer name. A process that died leaves its lease for a while: a successor on
 * the same machine sees that the process is gone and takes the name over at once; where it can't
 * see that, it takes a suffix. For the fetch thread and the heartbeat.
 */
final class ConsumerName {

  private static final Logger LOG = LoggerFactory.getLogger(ConsumerName.class);
  private static final int MOST_SUFFIXES = 1000;

  private final RedisConnections redis;
  private final RedisKeys keys;
  private final String wanted;
  private final Duration ttl;
  private final ProcessIdentity self = ProcessIdentity.ofThisProcess();

  private volatile String name;

  ConsumerName(RedisConnections redis, RedisKeys keys, String wanted, Duration ttl) {
    this.redis = redis;
    this.keys = keys;
    this.wanted = wanted;
    this.ttl = ttl;
    this.name = wanted;
  }

  String get() {
    return name;
  }

  /** Takes the wanted name, or the first free one with a suffix. */
  void take() throws StreamUnavailableException {
    if (holder(name, "").isEmpty()) {
      return;
    }
    for (int i = 1; i <= MOST_SUFFIXES; i++) {
      String candidate = i == 1 ? wanted : wanted + "-" + i;
      String holder = holder(candidate, "");
      if (!holder.isEmpty() && self.sees(holder) && !self.seesAlive(holder)) {
        holder = holder(candidate, holder);
      }
      if (holder.isEmpty()) {
        use(candidate);
        return;
      }
    }
    throw new StreamUnavailableException(
        "no free consumer name for '" + wanted + "' among " + MOST_SUFFIXES, null);
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
    return Replies.text(
        redis.run(
            Command.call(
                Script.NAME,
                List.of(keys.consumerLease(candidate)),
                self.toString(),
                ttl.toMillis(),
                mayReplace)));
  }

  /**
   * Who a lease belongs to: machine and process namespace, process, and a random part for each
   * worker of it.
   */
  record ProcessIdentity(String machine, long pid, String unique) {

    static ProcessIdentity ofThisProcess() {
      String machine =
          read(Path.of("/proc/sys/kernel/random/boot_id"))
                  .orElseGet(() -> "unknown-" + UUID.randomUUID())
              + "/"
              + namespace();
      return new ProcessIdentity(
          machine, ProcessHandle.current().pid(), UUID.randomUUID().toString());
    }

    /** Whether that process would be visible from here if it lived. */
    boolean sees(String identity) {
      return identity.startsWith(machine + "|");
    }

    boolean seesAlive(String identity) {
      String[] parts = identity.split("\\|", -1);
      if (parts.length != 3) {
        return true;
      }
      long other = Long.parseLong(parts[1]);
      return other == pid || ProcessHandle.of(other).map(ProcessHandle::isAlive).orElse(false);
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
      return machine + "|" + pid + "|" + unique;
    }
  }
}
