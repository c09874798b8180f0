package dev.webhookworker.redis;

import dev.webhookworker.port.StreamUnavailableException;
import java.security.SecureRandom;
import redis.clients.jedis.Protocol;

/**
 * The key under which bodies are hashed. It is kept where the marks are, for it is of use as long
 * as they are, and where it was lost with them the workers that live put theirs back. Thread-safe.
 */
final class HashKey {

  private static final String FIELD = "hash_key";
  private static final int HEXADECIMAL = 16;

  private final RedisConnections redis;
  private final RedisKeys keys;

  private volatile long key = new SecureRandom().nextLong();
  private volatile boolean agreed;

  HashKey(RedisConnections redis, RedisKeys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /** What was agreed upon last. */
  long last() {
    return key;
  }

  long get() throws StreamUnavailableException {
    if (!agreed) {
      agree();
    }
    return key;
  }

  /** Takes the key that is in Redis, or puts this one there. */
  void agree() throws StreamUnavailableException {
    Command get = Command.of(Protocol.Command.HGET, keys.meta(), FIELD);
    Object kept = redis.run(get);
    if (kept == null) {
      String own = Long.toHexString(key);
      redis.run(Command.of(Protocol.Command.HSETNX, keys.meta(), FIELD, own));
      kept = redis.run(get);
    }
    try {
      key = kept == null ? key : Long.parseUnsignedLong(Replies.text(kept), HEXADECIMAL);
    } catch (NumberFormatException noKey) {
      throw new StreamUnavailableException(
          "the field '"
              + FIELD
              + "' of '"
              + Replies.text(keys.meta())
              + "' is no key: delete it, and the workers make another one",
          noKey);
    }
    agreed = true;
  }
}
