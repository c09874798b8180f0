package dev.webhookworker.postgres;

import java.nio.ByteBuffer;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * An array parameter that is encoded once into bytes of the right size. The layout is that of
 * PostgreSQL's {@code array_recv} (src/backend/utils/adt/arrayfuncs.c). For one statement.
 */
abstract class ArrayParameter extends PGobject implements PGBinaryObject {

  private static final long serialVersionUID = 1L;
  private static final int HEADER_BYTES = 12;
  private static final int DIMENSION_BYTES = 8;

  private final int elementOid;
  private final int count;
  private final int length;

  /**
   * @param type the array's
   * @param elementBytes of all elements, the length before each included
   */
  ArrayParameter(String type, int elementOid, int count, int elementBytes) {
    this.elementOid = elementOid;
    this.count = count;
    length = HEADER_BYTES + (count == 0 ? 0 : DIMENSION_BYTES) + elementBytes;
    setType(type);
  }

  /** Writes each element as its length and its bytes, a null as the length -1. */
  abstract void write(ByteBuffer out);

  @Override
  public final int lengthInBytes() {
    return length;
  }

  @Override
  public final void toBytes(byte[] target, int offset) {
    ByteBuffer out = ByteBuffer.wrap(target, offset, length);
    out.putInt(count == 0 ? 0 : 1).putInt(1).putInt(elementOid);
    if (count > 0) {
      out.putInt(count).putInt(1);
      write(out);
    }
  }

  @Override
  public final void setByteValue(byte[] value, int offset) {
    throw new UnsupportedOperationException("a parameter only, never read from a result");
  }
}
