package dev.webhookworker.spi;

import java.util.Optional;
import javax.crypto.SecretKey;

/**
 * Where keys for field encryption come from; by default WORKER_ENCRYPTION_KEYS. Given to {@code
 * WorkerBuilder.keyProvider}, e.g. one that asks a key service. Thread-safe; answers are expected
 * at once, so an implementation keeps its keys in memory.
 */
public interface KeyProvider {

  /**
   * The id of the key that encrypts now; empty when there is none. Up to 64 of A-Z a-z 0-9 _ . -
   */
  Optional<String> activeKeyId();

  /** The AES key of 256 bits with that id; empty when it is unknown. */
  Optional<SecretKey> key(String id);
}
