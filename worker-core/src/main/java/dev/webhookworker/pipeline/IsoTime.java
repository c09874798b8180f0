package dev.webhookworker.pipeline;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Times in ISO 8601, as senders write them: an offset may lack its colon or its minutes. The one
 * reader for envelopes, rules and the order guard. Stateless.
 */
public final class IsoTime {

  private static final Pattern SHORT_OFFSET =
      Pattern.compile("(.{0,40}T.{0,40}[+-][0-9]{2})([0-9]{2})?");

  private IsoTime() {}

  /** The text with its offset as {@code java.time} wants it; any other text as it is. */
  public static String withWholeOffset(String text) {
    Matcher shortened = SHORT_OFFSET.matcher(text);
    return shortened.matches()
        ? shortened.group(1) + ":" + (shortened.group(2) == null ? "00" : shortened.group(2))
        : text;
  }

  /**
   * @throws java.time.format.DateTimeParseException when it is no time with an offset
   */
  public static Instant parse(String text) {
    return OffsetDateTime.parse(withWholeOffset(text)).toInstant();
  }
}
