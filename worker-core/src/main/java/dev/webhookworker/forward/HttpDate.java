package dev.webhookworker.forward;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;

/**
 * The three forms of a date in HTTP that a recipient has to read (RFC 9110, 5.6.7). The name of the
 * day is not compared with the date: it says nothing that the date does not.
 */
final class HttpDate {

  private static final int CENTURY = 100;

  /** A year of two digits that would be further ahead is one of the past. */
  private static final int FURTHEST_AHEAD = 50;

  /** {@code Sun, 06 Nov 1994 08:49:37 GMT}, behind the comma. */
  private static final DateTimeFormatter USUAL = english("d MMM uuuu HH:mm:ss 'GMT'");

  /** {@code Sun Nov 6 08:49:37 1994}, behind the first space. */
  private static final DateTimeFormatter ASCTIME = english("MMM ppd HH:mm:ss uuuu");

  private HttpDate() {}

  /** Empty when the text has none of the forms. */
  static Optional<Instant> parse(String text, Instant now) {
    int comma = text.indexOf(',');
    try {
      if (comma < 0) {
        return Optional.of(at(text.substring(text.indexOf(' ') + 1), ASCTIME));
      }
      String date = text.substring(comma + 1).trim();
      return Optional.of(date.indexOf('-') < 0 ? at(date, USUAL) : at(date, withShortYear(now)));
    } catch (DateTimeException noDate) {
      return Optional.empty();
    }
  }

  private static Instant at(String date, DateTimeFormatter form) {
    return LocalDateTime.parse(date, form).toInstant(ZoneOffset.UTC);
  }

  /** {@code Sunday, 06-Nov-94 08:49:37 GMT}, behind the comma. */
  private static DateTimeFormatter withShortYear(Instant now) {
    int first = now.atOffset(ZoneOffset.UTC).getYear() + FURTHEST_AHEAD - CENTURY + 1;
    return new DateTimeFormatterBuilder()
        .parseCaseInsensitive()
        .appendPattern("d-MMM-")
        .appendValueReduced(ChronoField.YEAR, 2, 2, first)
        .appendPattern(" HH:mm:ss 'GMT'")
        .toFormatter(Locale.ENGLISH);
  }

  private static DateTimeFormatter english(String pattern) {
    return new DateTimeFormatterBuilder()
        .parseCaseInsensitive()
        .appendPattern(pattern)
        .toFormatter(Locale.ENGLISH);
  }
}
