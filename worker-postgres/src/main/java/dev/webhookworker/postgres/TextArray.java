package dev.webhookworker.postgres;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * A {@code text[]} parameter, encoded once into bytes of the right size; {@code createArrayOf}
 * grows a buffer by doubling, which was a fifth of the cost of storing. The layout is that of
 * PostgreSQL's {@code array_recv} (src/backend/utils/adt/arrayfuncs.c). For one statement.
 */
final class TextArray extends PGobject implements PGBinaryObject {

  private static final long serialVersionUID = 1L;
  private static final int TEXT_OID = 25;
  private static final int HEADER_BYTES = 20;
  private static final int EMPTY_BYTES = 12;

  private final transient byte[] @Nullable [] elements;
  private final int length;

  private TextArray(byte[] @Nullable [] elements, int length) {
    this.elements = elements;
    this.length = length;
    setType("_text");
  }

  static <T> TextArray of(List<T> rows, Function<T, @Nullable String> column) {
    byte[] @Nullable [] elements = new byte[rows.size()][];
    int length = HEADER_BYTES;
    for (int i = 0; i < elements.length; i++) {
      String value = column.apply(rows.get(i));
      length += Integer.BYTES;
      if (value != null) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
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
    return all.length == HEADER_BYTES + rows.size() * Integer.BYTES && all.isAllNull()
        ? new TextArray(new byte[0][], EMPTY_BYTES)
        : all;
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
  public int lengthInBytes() {
    return length;
  }

  @Override
  public void toBytes(byte[] target, int offset) {
    ByteBuffer out = ByteBuffer.wrap(target, offset, length);
    if (length == EMPTY_BYTES) {
      out.putInt(0).putInt(0).putInt(TEXT_OID);
      return;
    }
    out.putInt(1).putInt(1).putInt(TEXT_OID).putInt(elements.length).putInt(1);
    for (byte @Nullable [] element : elements) {
      if (element == null) {
        out.putInt(-1);
      } else {
        out.putInt(element.length).put(element);
      }
    }
  }

  @Override
  public void setByteValue(byte[] value, int offset) {
    throw new UnsupportedOperationException("a parameter only, never read from a result");
  }

  /** The literal, for connections whose binary transfer is switched off. */
  @Override
  public String getValue() {
    StringBuilder literal = new StringBuilder(length + elements.length).append('{');
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
