package dev.webhookworker.pipeline;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Checks that bytes are one JSON value (RFC 8259), and nothing else. It makes no tokens: checking
 * every payload with a full parser took a quarter of the worker's processor time. What it accepts
 * and refuses is compared with Jackson in a test. For one check.
 */
final class JsonSyntax {

  /** The bytes are one JSON value. */
  static final int VALID = -1;

  /** There are more levels of nesting than allowed. */
  static final int TOO_DEEP = -2;

  /** There is nothing but white space. */
  static final int BLANK = -3;

  /** Something follows the value. */
  static final int MORE_THAN_ONE = -4;

  /** A number has more characters than allowed. */
  static final int LONG_NUMBER = -5;

  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private final byte[] text;
  private final int maxNesting;
  private final int maxNumberLength;

  // Mutable state.
  private boolean[] inObject = new boolean[16];
  private int depth;
  private boolean longNumber;

  private JsonSyntax(byte[] text, int maxNesting, int maxNumberLength) {
    this.text = text;
    this.maxNesting = maxNesting;
    this.maxNumberLength = maxNumberLength;
  }

  /**
   * @return one of the constants, or the offset of the first byte that can't be part of a JSON
   *     value; the length when the value is not complete
   */
  static int check(byte[] text, int maxNesting, int maxNumberLength) {
    return new JsonSyntax(text, maxNesting, maxNumberLength).check();
  }

  /** The first byte that is not white space, 0 when there is none. */
  static byte firstOf(byte[] text) {
    int at = afterSpace(text, 0);
    return at < text.length ? text[at] : 0;
  }

  private int check() {
    int at = afterSpace(text, 0);
    if (at == text.length) {
      return BLANK;
    }
    while (true) {
      at = value(at);
      if (at < 0) {
        return depth > maxNesting ? TOO_DEEP : longNumber ? LONG_NUMBER : ~at;
      }
      if (depth == 0) {
        at = afterSpace(text, at);
        return at == text.length ? VALID : MORE_THAN_ONE;
      }
    }
  }

  /**
   * One scalar or the opening of one container, and all that can follow it up to the next value.
   *
   * @return where the next value begins or, with no container open, the end of this one; the
   *     complement of an offset for an error
   */
  private int value(int at) {
    if (at == text.length) {
      return ~at;
    }
    return switch (text[at]) {
      case '{' -> open(true, at);
      case '[' -> open(false, at);
      case '"' -> afterValue(string(at));
      case 't' -> afterValue(literal(at, "true"));
      case 'f' -> afterValue(literal(at, "false"));
      case 'n' -> afterValue(literal(at, "null"));
      default -> afterValue(number(at));
    };
  }

  private int open(boolean object, int at) {
    if (++depth > maxNesting) {
      return ~at;
    }
    if (depth == inObject.length) {
      inObject = Arrays.copyOf(inObject, 2 * depth);
    }
    inObject[depth] = object;
    int next = afterSpace(text, at + 1);
    if (next < text.length && text[next] == (object ? '}' : ']')) {
      depth--;
      return afterValue(next + 1);
    }
    return object ? name(next) : next;
  }

  /** A name and its colon. */
  private int name(int at) {
    if (at == text.length || text[at] != '"') {
      return ~at;
    }
    int end = string(at);
    if (end < 0) {
      return end;
    }
    int colon = afterSpace(text, end);
    if (colon == text.length || text[colon] != ':') {
      return ~colon;
    }
    return afterSpace(text, colon + 1);
  }

  private int afterValue(int end) {
    int at = end;
    while (at >= 0 && depth > 0) {
      at = afterSpace(text, at);
      if (at == text.length) {
        return ~at;
      }
      if (text[at] == ',') {
        int next = afterSpace(text, at + 1);
        return inObject[depth] ? name(next) : next;
      }
      if (text[at] != (inObject[depth] ? '}' : ']')) {
        return ~at;
      }
      depth--;
      at++;
    }
    return at;
  }

  private int string(int quote) {
    byte[] bytes = text;
    for (int at = afterPlain(bytes, quote + 1); at < bytes.length; at = afterPlain(bytes, at + 1)) {
      byte next = bytes[at];
      if (next == '"') {
        return at + 1;
      }
      if (next == '\\') {
        at = escape(at + 1);
        if (at < 0) {
          return at;
        }
      } else if (next >= 0 && next < ' ') {
        return ~at;
      }
    }
    return ~bytes.length;
  }

  /** Skips to the next byte that needs a look, or near to the end; eight bytes at a time. */
  private static int afterPlain(byte[] bytes, int from) {
    int at = from;
    while (at + Long.BYTES <= bytes.length) {
      long eight = (long) EIGHT_BYTES.get(bytes, at);
      long controls = (eight - ONES * ' ') & ~eight;
      long marks = (controls | zeros(eight ^ ONES * '"') | zeros(eight ^ ONES * '\\')) & HIGH_BITS;
      if (marks != 0) {
        return at + Long.numberOfTrailingZeros(marks) / Byte.SIZE;
      }
      at += Long.BYTES;
    }
    return at;
  }

  /** The high bit of the lowest byte that is zero is set; perhaps also of bytes above it. */
  private static long zeros(long eight) {
    return (eight - ONES) & ~eight;
  }

  /** The last byte of the escape whose letter is at this place. */
  private int escape(int at) {
    if (at == text.length) {
      return ~at;
    }
    return switch (text[at]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at;
      case 'u' -> fourHexDigits(at + 1);
      default -> ~at;
    };
  }

  private int fourHexDigits(int from) {
    for (int at = from; at < from + 4; at++) {
      if (at == text.length || Character.digit(text[at], 16) < 0) {
        return ~at;
      }
    }
    return from + 3;
  }

  private int literal(int from, String word) {
    for (int i = 0; i < word.length(); i++) {
      if (from + i == text.length || text[from + i] != word.charAt(i)) {
        return ~(from + i);
      }
    }
    return from + word.length();
  }

  private int number(int from) {
    int end = afterNumber(from);
    longNumber = end - from > maxNumberLength;
    return longNumber ? ~from : end;
  }

  private int afterNumber(int from) {
    int at = text[from] == '-' ? from + 1 : from;
    int digits = afterDigits(at);
    boolean leadingZero = digits > at + 1 && text[at] == '0';
    if (digits == at || leadingZero) {
      return ~at;
    }
    at = digits;
    if (at < text.length && text[at] == '.') {
      int fraction = afterDigits(at + 1);
      if (fraction == at + 1) {
        return ~fraction;
      }
      at = fraction;
    }
    if (at < text.length && (text[at] == 'e' || text[at] == 'E')) {
      at++;
      if (at < text.length && (text[at] == '+' || text[at] == '-')) {
        at++;
      }
      int exponent = afterDigits(at);
      if (exponent == at) {
        return ~at;
      }
      at = exponent;
    }
    return at;
  }

  private int afterDigits(int from) {
    int at = from;
    while (at < text.length && text[at] >= '0' && text[at] <= '9') {
      at++;
    }
    return at;
  }

  private static int afterSpace(byte[] text, int from) {
    int at = from;
    while (at < text.length
        && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) {
      at++;
    }
    return at;
  }
}
