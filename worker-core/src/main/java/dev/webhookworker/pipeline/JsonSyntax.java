package dev.webhookworker.pipeline;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Checks that bytes are one JSON value (RFC 8259), and nothing else. It makes no tokens: checking
 * every payload with a full parser took a quarter of the worker's processor time. What it accepts
 * and refuses is compared with Jackson in a test. Stateless.
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

  /** A number's exponent is larger than {@value #MAX_EXPONENT}, either way. */
  static final int LARGE_EXPONENT = -6;

  /**
   * No number of a real event has more, and code that expands one writes a digit for each of it: a
   * text of a few bytes must not become one of gigabytes.
   */
  static final int MAX_EXPONENT = 999;

  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  /** Turns a quote into a space and leaves control characters below it. */
  private static final long QUOTE_TO_SPACE = ONES * ('"' ^ ' ');

  /** Stands for an error without an offset. */
  private static final int NUMBER_TOO_LONG = Integer.MIN_VALUE;

  private static final int EXPONENT_TOO_LARGE = Integer.MIN_VALUE + 1;

  private static final int USUAL_NESTING = 16;

  private JsonSyntax() {}

  /** The first byte that is not white space, 0 when there is none. */
  static byte firstOf(byte[] text) {
    int at = afterSpace(text, 0);
    return at < text.length ? text[at] : 0;
  }

  /**
   * One loop over all values, so that nesting does not use up the stack.
   *
   * @return one of the constants, or the offset of the first byte that can't be part of a JSON
   *     value; the length when the value is not complete
   */
  static int check(byte[] text, int maxNesting, int maxNumberLength) {
    boolean[] inObject = new boolean[USUAL_NESTING];
    int depth = 0;
    int at = afterSpace(text, 0);
    if (at == text.length) {
      return BLANK;
    }
    while (true) {
      // Here a value begins.
      if (at == text.length) {
        return at;
      }
      byte first = text[at];
      if (first == '"') {
        at = afterString(text, at);
      } else if (first == '{' || first == '[') {
        if (++depth > maxNesting) {
          return TOO_DEEP;
        }
        if (depth == inObject.length) {
          inObject = Arrays.copyOf(inObject, 2 * depth);
        }
        boolean object = first == '{';
        inObject[depth] = object;
        at = afterSpace(text, at + 1);
        if (!isAt(text, at, object ? '}' : ']')) {
          at = object ? afterName(text, at) : at;
          if (at < 0) {
            return ~at;
          }
          continue;
        }
      } else {
        at = afterScalar(text, at, maxNumberLength);
      }
      if (at < 0) {
        return switch (at) {
          case NUMBER_TOO_LONG -> LONG_NUMBER;
          case EXPONENT_TOO_LARGE -> LARGE_EXPONENT;
          default -> ~at;
        };
      }
      // Here one has ended, or an empty container is about to.
      at = afterSpace(text, at);
      while (depth > 0 && !isAt(text, at, ',')) {
        if (!isAt(text, at, inObject[depth] ? '}' : ']')) {
          return at;
        }
        depth--;
        at = afterSpace(text, at + 1);
      }
      if (depth == 0) {
        return at == text.length ? VALID : MORE_THAN_ONE;
      }
      at = afterSpace(text, at + 1);
      at = inObject[depth] ? afterName(text, at) : at;
      if (at < 0) {
        return ~at;
      }
    }
  }

  private static boolean isAt(byte[] bytes, int at, char one) {
    return at < bytes.length && bytes[at] == one;
  }

  // What follows returns an offset; the complement of one for an error.

  /** Behind a name and its colon. */
  private static int afterName(byte[] bytes, int at) {
    if (!isAt(bytes, at, '"')) {
      return ~at;
    }
    int end = afterString(bytes, at);
    if (end < 0) {
      return end;
    }
    int colon = afterSpace(bytes, end);
    if (!isAt(bytes, colon, ':')) {
      return ~colon;
    }
    return afterSpace(bytes, colon + 1);
  }

  private static int afterScalar(byte[] bytes, int at, int maxNumberLength) {
    return switch (bytes[at]) {
      case 't' -> afterWord(bytes, at, "true");
      case 'f' -> afterWord(bytes, at, "false");
      case 'n' -> afterWord(bytes, at, "null");
      default -> {
        int end = afterNumber(bytes, at);
        yield end >= 0 && end - at > maxNumberLength ? NUMBER_TOO_LONG : end;
      }
    };
  }

  private static int afterString(byte[] bytes, int quote) {
    int at = afterPlain(bytes, quote + 1);
    while (at < bytes.length) {
      byte next = bytes[at];
      if (next == '"') {
        return at + 1;
      }
      if (next == '\\') {
        at = escape(bytes, at + 1);
        if (at < 0) {
          return at;
        }
      } else if (next >= 0 && next < ' ') {
        return ~at;
      }
      at = afterPlain(bytes, at + 1);
    }
    return ~bytes.length;
  }

  /** Skips to the next byte that needs a look, or near to the end; eight bytes at a time. */
  private static int afterPlain(byte[] bytes, int from) {
    int at = from;
    while (at + Long.BYTES <= bytes.length) {
      long eight = (long) EIGHT_BYTES.get(bytes, at);
      long marks =
          (below(eight ^ QUOTE_TO_SPACE, ' ' + 1) | below(eight ^ ONES * '\\', 1)) & HIGH_BITS;
      if (marks != 0) {
        return at + Long.numberOfTrailingZeros(marks) / Byte.SIZE;
      }
      at += Long.BYTES;
    }
    return at;
  }

  /**
   * The high bit is set of the lowest byte that is below the limit, perhaps also of bytes above
   * that one; not of bytes from 128 on.
   */
  private static long below(long eight, int limit) {
    return (eight - ONES * limit) & ~eight;
  }

  /** The last byte of the escape whose letter is at this place. */
  private static int escape(byte[] bytes, int at) {
    if (at == bytes.length) {
      return ~at;
    }
    return switch (bytes[at]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at;
      case 'u' -> fourHexDigits(bytes, at + 1);
      default -> ~at;
    };
  }

  private static int fourHexDigits(byte[] bytes, int from) {
    for (int at = from; at < from + 4; at++) {
      if (at == bytes.length || Character.digit(bytes[at], 16) < 0) {
        return ~at;
      }
    }
    return from + 3;
  }

  private static int afterWord(byte[] bytes, int from, String word) {
    for (int i = 0; i < word.length(); i++) {
      if (!isAt(bytes, from + i, word.charAt(i))) {
        return ~(from + i);
      }
    }
    return from + word.length();
  }

  private static int afterNumber(byte[] bytes, int from) {
    int at = bytes[from] == '-' ? from + 1 : from;
    int digits = afterDigits(bytes, at);
    boolean leadingZero = digits > at + 1 && bytes[at] == '0';
    if (digits == at || leadingZero) {
      return ~at;
    }
    at = digits;
    if (at < bytes.length && bytes[at] == '.') {
      int fraction = afterDigits(bytes, at + 1);
      if (fraction == at + 1) {
        return ~fraction;
      }
      at = fraction;
    }
    if (at < bytes.length && (bytes[at] == 'e' || bytes[at] == 'E')) {
      at++;
      if (at < bytes.length && (bytes[at] == '+' || bytes[at] == '-')) {
        at++;
      }
      int exponent = afterDigits(bytes, at);
      if (exponent == at) {
        return ~at;
      }
      if (isLarge(bytes, at, exponent)) {
        return EXPONENT_TOO_LARGE;
      }
      at = exponent;
    }
    return at;
  }

  private static boolean isLarge(byte[] bytes, int from, int to) {
    int first = from;
    while (first < to && bytes[first] == '0') {
      first++;
    }
    // As many digits as the largest one has.
    return to - first > 3;
  }

  private static int afterDigits(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    return at;
  }

  private static int afterSpace(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length && bytes[at] <= ' ' && isSpace(bytes[at])) {
      at++;
    }
    return at;
  }

  private static boolean isSpace(byte one) {
    return one == ' ' || one == '\n' || one == '\r' || one == '\t';
  }
}
