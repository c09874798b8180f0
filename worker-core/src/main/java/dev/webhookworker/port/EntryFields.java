package dev.webhookworker.port;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a stream entry exactly as received, in order, unknown ones included.
 *
 * <p>Values are bytes because a hostile or broken producer may write anything; they are shared, not
 * copied, and must not be changed. Of a name that occurs twice the first counts, both are kept.
 */
public final class EntryFields {

  private final List<String> names;
  private final List<byte[]> values;
  private final long withheld;

  private EntryFields(List<String> names, List<byte[]> values, long withheld) {
    this.names = names;
    this.values = values;
    this.withheld = withheld;
  }

  public static Builder builder(int expectedFields) {
    return new Builder(expectedFields);
  }

  /** Fields from text, for publishers and tests. */
  public static EntryFields of(Map<String, String> fields) {
    Builder builder = builder(fields.size());
    fields.forEach((name, value) -> builder.add(name, value.getBytes(StandardCharsets.UTF_8)));
    return builder.build();
  }

  /** The bytes of the first field of that name, null when there is none. */
  public byte @Nullable [] bytes(String name) {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equals(name)) {
        return values.get(i);
      }
    }
    return null;
  }

  /** The field as UTF-8 text, null when it is absent or empty. */
  public @Nullable String text(String name) {
    byte[] bytes = bytes(name);
    return bytes == null || bytes.length == 0 ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  public void forEach(BiConsumer<String, byte[]> action) {
    for (int i = 0; i < names.size(); i++) {
      action.accept(names.get(i), values.get(i));
    }
  }

  public int size() {
    return names.size();
  }

  /**
   * The bytes of the whole entry when the queue found it too large to be loaded: then these are
   * only its small fields, and it is no event. Else 0.
   */
  public long withheld() {
    return withheld;
  }

  /** Sum of the lengths of all values, in bytes. */
  public long byteSize() {
    long sum = 0;
    for (byte[] value : values) {
      sum += value.length;
    }
    return sum;
  }

  /** The same fields, with those of {@code replacements} in place of theirs or at the end. */
  public EntryFields with(Map<String, byte[]> replacements) {
    Map<String, byte[]> left = new LinkedHashMap<>(replacements);
    Builder builder = builder(size() + left.size()).withheld(withheld);
    forEach(
        (name, value) -> {
          byte[] replacement = left.remove(name);
          builder.add(name, replacement == null ? value : replacement);
        });
    left.forEach(builder::add);
    return builder.build();
  }

  @Override
  public String toString() {
    return "EntryFields" + names;
  }

  /** Collects fields in order. Not thread-safe. */
  public static final class Builder {

    private final List<String> names;
    private final List<byte[]> values;
    private long withheld;

    private Builder(int expectedFields) {
      names = new ArrayList<>(expectedFields);
      values = new ArrayList<>(expectedFields);
    }

    public Builder add(String name, byte[] value) {
      names.add(name);
      values.add(value);
      return this;
    }

    /** See {@link EntryFields#withheld()}. */
    public Builder withheld(long bytesOfTheEntry) {
      withheld = bytesOfTheEntry;
      return this;
    }

    public EntryFields build() {
      return new EntryFields(names, values, withheld);
    }
  }
}
