package dev.webhookworker.pipeline;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Tells ASCII, which is UTF-8 without a further look, eight bytes at a time. */
final class Ascii {

  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final long HIGH_BITS = 0x8080808080808080L;

  private Ascii() {}

  static boolean isAscii(byte[] bytes) {
    long seen = 0;
    int at = 0;
    for (; at + Long.BYTES <= bytes.length; at += Long.BYTES) {
      seen |= (long) EIGHT_BYTES.get(bytes, at);
    }
    for (; at < bytes.length; at++) {
      seen |= bytes[at];
    }
    return (seen & HIGH_BITS) == 0;
  }
}
