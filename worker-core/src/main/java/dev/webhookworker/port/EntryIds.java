package dev.webhookworker.port;

import java.time.Instant;

/** Reading of Redis stream entry ids, {@code <milliseconds>-<sequence>}. */
public final class EntryIds {

  private EntryIds() {}

  /** The time that the id carries: when the entry was added. */
  public static Instant time(String entryId) {
    return Instant.ofEpochMilli(millis(entryId));
  }

  public static long millis(String entryId) {
    int dash = entryId.indexOf('-');
    return Long.parseLong(entryId, 0, dash < 0 ? entryId.length() : dash, 10);
  }

  public static long sequence(String entryId) {
    int dash = entryId.indexOf('-');
    return dash < 0 ? 0 : Long.parseLong(entryId, dash + 1, entryId.length(), 10);
  }

  /** Orders ids as the stream does. */
  public static int compare(String one, String other) {
    int byTime = Long.compareUnsigned(millis(one), millis(other));
    return byTime != 0 ? byTime : Long.compareUnsigned(sequence(one), sequence(other));
  }
}
