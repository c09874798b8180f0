package dev.webhookworker.postgres;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * An {@code int8[]} or {@code int4[]} parameter in binary form, as {@link TextArray}; {@code
 * createArrayOf} makes text of boxed numbers, which the server has to read again. For one
 * statement.
 */
final class NumberArray extends PGobject implements PGBinaryObject {

  private static final long serialVersionUID = 1L;
  private static final int INT8_OID = 20;
  private static final int INT4_OID = 23;
  private static final int HEADER_BYTES = 20;

  private final transient @Nullable Long[] elements;
  private final int elementBytes;
  private final int length;

  private NumberArray(@Nullable Long[] elements, int elementBytes) {
    this.elements = elements;
    this.elementBytes = elementBytes;
    int bytes = HEADER_BYTES;
    for (@Nullable Long element : elements) {
      bytes += Integer.BYTES + (element == null ? 0 : elementBytes);
    }
    length = bytes;
    setType(elementBytes == Long.BYTES ? "_int8" : "_int4");
  }

  static <T> NumberArray longs(List<T> rows, Function<T, @Nullable Long> column) {
    @Nullable Long[] elements = new Long[rows.size()];
    Arrays.setAll(elements, i -> column.apply(rows.get(i)));
    return new NumberArray(elements, Long.BYTES);
  }

  static <T> NumberArray integers(List<T> rows, Function<T, Integer> column) {
    @Nullable Long[] elements = new Long[rows.size()];
    Arrays.setAll(elements, i -> column.apply(rows.get(i)).longValue());
    return new NumberArray(elements, Integer.BYTES);
  }

  @Override
  public int lengthInBytes() {
    return length;
  }

  @Override
  public void toBytes(byte[] target, int offset) {
    ByteBuffer out = ByteBuffer.wrap(target, offset, length);
    out.putInt(1).putInt(1).putInt(elementBytes == Long.BYTES ? INT8_OID : INT4_OID);
    out.putInt(elements.length).putInt(1);
    for (@Nullable Long element : elements) {
      if (element == null) {
        out.putInt(-1);
      } else if (elementBytes == Long.BYTES) {
        out.putInt(Long.BYTES).putLong(element);
      } else {
        out.putInt(Integer.BYTES).putInt(element.intValue());
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
    return Arrays.stream(elements)
        .map(element -> element == null ? "NULL" : element.toString())
        .collect(Collectors.joining(",", "{", "}"));
  }
}
