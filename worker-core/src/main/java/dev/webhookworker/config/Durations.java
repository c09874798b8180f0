package dev.webhookworker.config;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations in Go's notation ({@code 1h30m}, {@code 250ms}, {@code 1.5s}; see Go's
 * time.ParseDuration) and in ISO 8601 ({@code PT1H30M}).
 */
public final class Durations {

  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|µs|μs|ms|s|m|h)");

  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "μs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private Durations() {}

  /**
   * @throws IllegalArgumentException when the text has neither form
   */
  public static Duration parse(String text) {
    if (text.startsWith("P") || text.startsWith("-P")) {
      return iso(text);
    }
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    Matcher part = PART.matcher(text);
    Duration sum = Duration.ZERO;
    int end = 0;
    while (end < text.length()) {
      if (!part.find(end) || part.start() != end) {
        throw new IllegalArgumentException("expected a duration such as 30s, 1h30m or PT30S");
      }
      Long unit = NANOS.getOrDefault(part.group(2), 0L);
      BigDecimal nanos = new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit));
      try {
        sum = sum.plusNanos(nanos.longValueExact());
      } catch (ArithmeticException tooLong) {
        throw new IllegalArgumentException("expected a duration below 292 years, to the ns");
      }
      end = part.end();
    }
    if (text.isEmpty()) {
      throw new IllegalArgumentException("expected a duration such as 30s, 1h30m or PT30S");
    }
    return sum;
  }

  /** The duration in Go's notation, e.g. {@code 1h30m0s}. */
  public static String format(Duration duration) {
    if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
      return duration.toMillis() + "ms";
    }
    String seconds =
        duration.toMillisPart() == 0
            ? duration.toSecondsPart() + "s"
            : duration.toSecondsPart() + "." + String.format("%03d", duration.toMillisPart()) + "s";
    if (duration.toMinutes() == 0) {
      return seconds;
    }
    String minutes = duration.toMinutesPart() + "m" + seconds;
    return duration.toHours() == 0 ? minutes : duration.toHours() + "h" + minutes;
  }

  private static Duration iso(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeException malformed) {
      throw new IllegalArgumentException(
          "expected a duration such as 30s, 1h30m or PT30S", malformed);
    }
  }
}
