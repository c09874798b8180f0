package dev.webhookworker.spi;

import java.util.Optional;
import javax.crypto.SecretKey;

/**
 * Where keys for field encryption come from, e.g. one that asks a key service; by default
 * WORKER_ENCRYPTION_KEYS. Given to {@code WorkerBuilder.keyProvider}, or one named in {@code
 * META-INF/services}, which the command line uses as well; configured keys then still open what
 * they have encrypted. Thread-safe; answers are expected at once, so an implementation keeps its
 * keys in memory.
 */
public interface KeyProvider {

  /**
   * The id of the key that encrypts now; empty when there is none. Up to 64 of A-Z a-z 0-9 _ . -
   */
  Optional<String> activeKeyId();

  /** The AES key of 256 bits with that id; empty when it is unknown. */
  Optional<SecretKey> key(String id);
}
