package dev.webhookworker.redis;

import dev.webhookworker.port.EntryFields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reading of a stream past its groups, within the bounds of a reply. */
final class StreamEntries {

  private StreamEntries() {}

  /**
   * Asks for entries from one id to another.
   *
   * @param from first id, or after {@code (} the last one before it
   */
  static Command ask(byte[] stream, ReplyBounds bounds, String from, String to, int most) {
    return ask("XRANGE", stream, bounds, from, to, most);
  }

  /** The same from the newer to the older. */
  static Command askBackwards(byte[] stream, ReplyBounds bounds, String from, String to, int most) {
    return ask("XREVRANGE", stream, bounds, from, to, most);
  }

  private static Command ask(
      String command, byte[] stream, ReplyBounds bounds, String from, String to, int most) {
    return Command.call(
        Script.ENTRIES,
        List.of(stream),
        command,
        from,
        to,
        most,
        bounds.largestEntry(),
        bounds.mostBytes());
  }

  /** What was answered, by entry id, in the order of the stream. */
  static Map<String, EntryFields> of(@Nullable Object reply) {
    Map<String, EntryFields> entries = new LinkedHashMap<>();
    for (Object entry : Replies.list(reply)) {
      List<?> one = Replies.list(entry);
      entries.put(Replies.text(one.get(0)), Replies.fields(one.get(1), Replies.number(one.get(2))));
    }
    return entries;
  }
}
