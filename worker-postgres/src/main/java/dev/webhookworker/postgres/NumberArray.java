package dev.webhookworker.postgres;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An {@code int8[]} or {@code int4[]} parameter; {@code createArrayOf} makes text of boxed numbers,
 * which the server has to read again. For one statement.
 */
final class NumberArray extends ArrayParameter {

  private static final long serialVersionUID = 1L;
  private static final int INT8_OID = 20;
  private static final int INT4_OID = 23;

  private final transient @Nullable Number[] elements;

  private NumberArray(String type, int elementOid, int bytesOfOne, @Nullable Number[] elements) {
    super(type, elementOid, elements.length, elementBytes(elements, bytesOfOne));
    this.elements = elements;
  }

  private static int elementBytes(@Nullable Number[] elements, int bytesOfOne) {
    int there = (int) Arrays.stream(elements).filter(Objects::nonNull).count();
    return elements.length * Integer.BYTES + there * bytesOfOne;
  }

  static <T> NumberArray longs(List<T> rows, Function<T, @Nullable Long> column) {
    @Nullable Number[] elements = new Number[rows.size()];
    Arrays.setAll(elements, i -> column.apply(rows.get(i)));
    return new NumberArray("_int8", INT8_OID, Long.BYTES, elements);
  }

  static <T> NumberArray integers(List<T> rows, Function<T, Integer> column) {
    @Nullable Number[] elements = new Number[rows.size()];
    Arrays.setAll(elements, i -> column.apply(rows.get(i)));
    return new NumberArray("_int4", INT4_OID, Integer.BYTES, elements);
  }

  @Override
  void write(ByteBuffer out) {
    for (@Nullable Number element : elements) {
      if (element == null) {
        out.putInt(-1);
      } else if (element instanceof Integer number) {
        out.putInt(Integer.BYTES).putInt(number);
      } else {
        out.putInt(Long.BYTES).putLong(element.longValue());
      }
    }
  }

  /** The literal, for connections whose binary transfer is switched off. */
  @Override
  public String getValue() {
    return Arrays.stream(elements)
        .map(element -> element == null ? "NULL" : element.toString())
        .collect(Collectors.joining(",", "{", "}"));
  }
}
