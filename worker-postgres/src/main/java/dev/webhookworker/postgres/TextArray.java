package dev.webhookworker.postgres;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@code text[]} parameter; {@code createArrayOf} grows a buffer by doubling, which was a fifth
 * of the cost of storing. For one statement.
 */
final class TextArray extends ArrayParameter {

  private static final long serialVersionUID = 1L;
  private static final int TEXT_OID = 25;

  private final transient byte[] @Nullable [] elements;

  private TextArray(byte[] @Nullable [] elements, int elementBytes) {
    super("_text", TEXT_OID, elements.length, elementBytes);
    this.elements = elements;
  }

  static <T> TextArray of(List<T> rows, Function<T, @Nullable String> column) {
    return utf8(
        rows,
        row -> {
          String value = column.apply(row);
          return value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        });
  }

  /** Of text that is encoded already. */
  static <T> TextArray utf8(List<T> rows, Function<T, byte @Nullable []> column) {
    byte[] @Nullable [] elements = new byte[rows.size()][];
    int length = 0;
    for (int i = 0; i < elements.length; i++) {
      byte[] bytes = column.apply(rows.get(i));
      length += Integer.BYTES;
      if (bytes != null) {
        elements[i] = bytes;
        length += bytes.length;
      }
    }
    return new TextArray(elements, length);
  }

  /**
   * The same for a column beside others in one {@code unnest}, which fills shorter ones up with
   * nulls: one that has nothing else is sent empty.
   */
  static <T> TextArray column(List<T> rows, Function<T, @Nullable String> column) {
    TextArray all = of(rows, column);
    return all.isAllNull() ? new TextArray(new byte[0][], 0) : all;
  }

  private boolean isAllNull() {
    for (byte @Nullable [] element : elements) {
      if (element != null) {
        return false;
      }
    }
    return true;
  }

  @Override
  void write(ByteBuffer out) {
    for (byte @Nullable [] element : elements) {
      if (element == null) {
        out.putInt(-1);
      } else {
        out.putInt(element.length).put(element);
      }
    }
  }

  /** The literal, for connections whose binary transfer is switched off. */
  @Override
  public String getValue() {
    StringBuilder literal = new StringBuilder(lengthInBytes()).append('{');
    for (byte @Nullable [] element : elements) {
      if (literal.length() > 1) {
        literal.append(',');
      }
      if (element == null) {
        literal.append("NULL");
      } else {
        String text = new String(element, StandardCharsets.UTF_8);
        literal.append('"').append(text.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
      }
    }
    return literal.append('}').toString();
  }
}
