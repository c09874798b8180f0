package dev.webhookworker.port;

import java.time.Instant;
import java.util.regex.Pattern;

/**
 * Reading of entry ids: {@code <milliseconds>-<sequence>}, of a later partition of the stream
 * {@code <milliseconds>-<sequence>@<partition>}. Everywhere else an entry id is a name.
 */
public final class EntryIds {

  private static final Pattern ID = Pattern.compile("\\d{1,18}-\\d{1,18}");

  private EntryIds() {}

  /** Whether a text is an id: anyone may write into the queue's structures. */
  public static boolean isEntryId(String text) {
    return ID.matcher(text).matches();
  }

  /** The time that the id carries: when the entry was added. */
  public static Instant time(String entryId) {
    return Instant.ofEpochMilli(millis(entryId));
  }

  public static long millis(String entryId) {
    int dash = entryId.indexOf('-');
    return Long.parseUnsignedLong(entryId, 0, dash < 0 ? end(entryId) : dash, 10);
  }

  public static long sequence(String entryId) {
    int dash = entryId.indexOf('-');
    return dash < 0 ? 0 : Long.parseUnsignedLong(entryId, dash + 1, end(entryId), 10);
  }

  /** The partition of the stream that the entry is in; 0 for the first, which ids don't name. */
  public static int partition(String entryId) {
    int at = entryId.indexOf('@');
    return at < 0 ? 0 : Integer.parseInt(entryId, at + 1, entryId.length(), 10);
  }

  private static int end(String entryId) {
    int at = entryId.indexOf('@');
    return at < 0 ? entryId.length() : at;
  }

  /** Orders ids as the stream does. */
  public static int compare(String one, String other) {
    // Redis has both parts as unsigned numbers.
    int order = Long.compareUnsigned(millis(one), millis(other));
    if (order == 0) {
      order = Long.compareUnsigned(sequence(one), sequence(other));
    }
    return order == 0 ? Integer.compare(partition(one), partition(other)) : order;
  }
}
