package dev.webhookworker.postgres;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A head that was kept outside of the database, where nobody who writes there can change it. What
 * stands in the database is compared with itself otherwise. For one thread.
 */
final class KeptHead {

  private static final int BYTES = 32;

  private final byte[] hash;
  private boolean met;

  private KeptHead(byte[] hash, boolean met) {
    this.hash = hash;
    this.met = met;
  }

  /** For a verification without one. */
  static KeptHead none() {
    return new KeptHead(new byte[0], true);
  }

  /**
   * @throws IllegalArgumentException when it is no SHA-256 in hex
   */
  static KeptHead of(String hex) {
    try {
      byte[] hash = HexFormat.of().parseHex(hex.strip().toLowerCase(Locale.ROOT));
      if (hash.length == BYTES) {
        return new KeptHead(hash, false);
      }
    } catch (IllegalArgumentException noHex) {
      throw new IllegalArgumentException(wrong(hex), noHex);
    }
    throw new IllegalArgumentException(wrong(hex));
  }

  private static String wrong(String hex) {
    return "a head is " + 2 * BYTES + " hexadecimal digits, as 'audit verify' shows it: " + hex;
  }

  void compare(byte[] head) {
    met |= Arrays.equals(hash, head);
  }

  /** Whether one of those compared was this one. */
  boolean met() {
    return met;
  }
}
