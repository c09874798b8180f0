package dev.webhookworker.redis;

import dev.webhookworker.port.EntryFields;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.util.KeyValue;

/** Reading of raw replies. */
final class Replies {

  private static final String[] KNOWN = {
    "event_id",
    "event_type",
    "repo_name",
    "sender_name",
    "payload",
    "auth_context",
    "timestamp",
    "metadata"
  };

  private static final byte[][] KNOWN_BYTES =
      Arrays.stream(KNOWN).map(Command::bytes).toArray(byte[][]::new);

  private Replies() {}

  static List<?> list(@Nullable Object reply) {
    return reply instanceof List<?> list ? list : List.of();
  }

  static String text(@Nullable Object reply) {
    return reply instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.UTF_8)
        : String.valueOf(reply);
  }

  static long number(@Nullable Object reply) {
    return reply instanceof Long number ? number : Long.parseLong(text(reply));
  }

  /** Names and values from a flat list of them; nulls are left out. */
  static Map<String, Object> map(@Nullable Object reply) {
    List<?> flat = list(reply);
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i + 1 < flat.size(); i += 2) {
      @Nullable Object value = flat.get(i + 1);
      if (value != null) {
        map.put(text(flat.get(i)), value);
      }
    }
    return map;
  }

  /** The entries of the first stream of an XREADGROUP reply, in RESP2 or RESP3. */
  static List<?> entriesOfFirstStream(@Nullable Object reply) {
    List<?> streams = list(reply);
    if (streams.isEmpty()) {
      return List.of();
    }
    Object first = streams.get(0);
    return first instanceof KeyValue<?, ?> pair ? list(pair.getValue()) : list(list(first).get(1));
  }

  /** Fields from a flat list of names and values. */
  static EntryFields fields(@Nullable Object reply) {
    return fields(reply, 0);
  }

  /**
   * Fields of an entry that a script has judged.
   *
   * @param tooLarge the bytes of the whole entry when only its small fields have left Redis, else 0
   */
  static EntryFields fields(@Nullable Object reply, long tooLarge) {
    List<?> flat = list(reply);
    EntryFields.Builder fields = EntryFields.builder(flat.size() / 2).withheld(tooLarge);
    for (int i = 0; i + 1 < flat.size(); i += 2) {
      if (flat.get(i) instanceof byte[] name && flat.get(i + 1) instanceof byte[] value) {
        fields.add(name(name), value);
      }
    }
    return fields.build();
  }

  /** The name as a string, without a new one for each of the known. */
  static String name(byte[] bytes) {
    for (int i = 0; i < KNOWN.length; i++) {
      if (Arrays.equals(KNOWN_BYTES[i], bytes)) {
        return KNOWN[i];
      }
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
