package dev.webhookworker.pipeline;

import dev.webhookworker.Limits;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** What names and JSON from outside may be (docs/input.md). Messages never quote. Thread-safe. */
public final class InputRules {

  /** Longest number in JSON, in characters; parsing a longer one costs more than its bytes. */
  public static final int MAX_NUMBER_LENGTH = 1000;

  private static final char REPLACEMENT = '\uFFFD';

  private final Limits limits;

  public InputRules(Limits limits) {
    this.limits = limits;
  }

  /**
   * An id or a name: UTF-8, at most 255 characters by default, without characters that break or
   * disguise a line.
   */
  public String name(byte[] bytes, String field) throws MalformedInputException {
    // A character takes at most four bytes: what is longer is refused before it is decoded.
    String text = bytes.length > 4L * limits.maxNameLength() ? null : text(bytes, field);
    if (text == null || text.codePointCount(0, text.length()) > limits.maxNameLength()) {
      throw new MalformedInputException(
          "the field '"
              + field
              + "' is longer than "
              + limits.maxNameLength()
              + " characters (WORKER_MAX_NAME_LENGTH)");
    }
    for (int i = 0; i < text.length(); i++) {
      if (breaksLine(text.charAt(i))) {
        throw new MalformedInputException("the field '" + field + "' contains a control character");
      }
    }
    return text;
  }

  /** Control characters, line and paragraph separators, and what turns the direction of text. */
  public static boolean breaksLine(char c) {
    return Character.isISOControl(c)
        || c == '\u2028'
        || c == '\u2029'
        || (c >= '\u202A' && c <= '\u202E')
        || (c >= '\u2066' && c <= '\u2069');
  }

  /**
   * One JSON value in UTF-8, not deeper and not larger than the limits. Makes no text of it: most
   * payloads are never asked for as text.
   */
  public void checkJson(byte[] bytes, String field, boolean mustBeObject)
      throws MalformedInputException {
    if (bytes.length > limits.maxPayloadBytes()) {
      throw new MalformedInputException(
          "the "
              + field
              + " has "
              + bytes.length
              + " bytes, more than "
              + limits.maxPayloadBytes()
              + " (WORKER_MAX_PAYLOAD_BYTES)");
    }
    checkUtf8(bytes, field);
    checkSyntax(bytes, field, mustBeObject);
  }

  private void checkSyntax(byte[] bytes, String field, boolean mustBeObject)
      throws MalformedInputException {
    int found = JsonSyntax.check(bytes, limits.maxNesting(), MAX_NUMBER_LENGTH);
    if (found == JsonSyntax.VALID && (!mustBeObject || JsonSyntax.firstOf(bytes) == '{')) {
      return;
    }
    String problem =
        switch (found) {
          case JsonSyntax.VALID -> "is not a JSON object";
          case JsonSyntax.BLANK -> "is blank, not JSON";
          case JsonSyntax.MORE_THAN_ONE -> "has more than one JSON value";
          case JsonSyntax.TOO_DEEP ->
              "is nested deeper than " + limits.maxNesting() + " levels (WORKER_MAX_NESTING)";
          case JsonSyntax.LONG_NUMBER ->
              "has a number of more than " + MAX_NUMBER_LENGTH + " characters";
          case JsonSyntax.LARGE_EXPONENT ->
              "has a number whose exponent is beyond " + JsonSyntax.MAX_EXPONENT;
          default -> "is not JSON, see byte " + found;
        };
    throw new MalformedInputException("the field '" + field + "' " + problem);
  }

  private static void checkUtf8(byte[] bytes, String field) throws MalformedInputException {
    if (!Ascii.isAscii(bytes)) {
      text(bytes, field);
    }
  }

  /** Decodes UTF-8 strictly: what is not UTF-8 could not be stored as it was received. */
  private static String text(byte[] bytes, String field) throws MalformedInputException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0) {
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      } catch (CharacterCodingException notUtf8) {
        throw new MalformedInputException("the field '" + field + "' is not valid UTF-8");
      }
    }
    return text;
  }
}
