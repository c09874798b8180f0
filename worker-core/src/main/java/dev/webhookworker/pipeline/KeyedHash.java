package dev.webhookworker.pipeline;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A hash under a secret key, for telling apart what an adversary may choose: the bytes are the
 * coefficients of a polynomial over the integers modulo 2^61 - 1, and the hash is its value at the
 * key (Carter and Wegman, "New hash functions and their use in authentication and set equality",
 * 1981). Two bodies of n bytes, chosen by somebody who does not know the key, have the same hash
 * under one in 2^61 / (n / 7) keys. Not a MAC: whoever sees hashes can compute the key.
 * Thread-safe.
 */
final class KeyedHash {

  private static final long PRIME = (1L << 61) - 1;
  private static final int WORD = 7;
  private static final long WORD_MASK = (1L << (8 * WORD)) - 1;
  private static final int BLOCK = 4 * WORD;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final long key;
  private final long squared;
  private final long cubed;
  private final long fourth;

  /**
   * @param key any number, chosen at random
   */
  KeyedHash(long key) {
    this.key = 1 + (key >>> 3) % (PRIME - 1);
    squared = times(this.key, this.key);
    cubed = times(squared, this.key);
    fourth = times(cubed, this.key);
  }

  /** Of both in this order; where one ends and the other begins counts. */
  long of(byte[] first, byte[] second) {
    long hash = reduced(with(with(0, first), second));
    return hash >= PRIME ? hash - PRIME : hash;
  }

  private long with(long before, byte[] bytes) {
    long hash = times(before + bytes.length, key);
    int at = 0;
    // The last word of a block is read with one byte that is not its own.
    for (; at + BLOCK < bytes.length; at += BLOCK) {
      hash =
          reduced(
              product(hash + word(bytes, at), fourth)
                  + product(word(bytes, at + WORD), cubed)
                  + product(word(bytes, at + 2 * WORD), squared)
                  + product(word(bytes, at + 3 * WORD), key));
    }
    for (; at < bytes.length; at += WORD) {
      hash = times(hash + lastWord(bytes, at), key);
    }
    return hash;
  }

  private static long word(byte[] bytes, int at) {
    return (long) LONGS.get(bytes, at) & WORD_MASK;
  }

  private static long lastWord(byte[] bytes, int at) {
    long word = 0;
    for (int i = Math.min(bytes.length, at + WORD) - 1; i >= at; i--) {
      word = word << 8 | (bytes[i] & 0xff);
    }
    return word;
  }

  /** A product modulo the prime, for factors below 2^62 and 2^61. */
  private static long times(long one, long other) {
    return reduced(product(one, other));
  }

  /** The same below 2^61 + 2^62; below 2^61 + 2^56 where one factor is a word. */
  private static long product(long one, long other) {
    long low = one * other;
    long high = Math.multiplyHigh(one, other);
    return (low & PRIME) + (low >>> 61 | high << 3);
  }

  /** A number of 64 bits without sign; what it becomes is below 2^61 + 8. */
  private static long reduced(long number) {
    return (number & PRIME) + (number >>> 61);
  }
}
