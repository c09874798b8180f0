package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.webhookworker.pipeline.IsoTime;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;

/**
 * {@code date}: another notation of a point in time.
 *
 * @param zone of times without one, and of the result
 */
record DateConversion(Notation from, Notation to, ZoneId zone) implements Conversion {

  @Override
  public JsonNode convert(JsonNode value) throws Impossible {
    try {
      return to.write(from.read(value, zone).atZone(zone));
    } catch (DateTimeException | ArithmeticException notATime) {
      throw new Impossible("is no time in the notation '" + from + "', or out of range");
    }
  }

  private static final String ISO = "iso";
  private static final String RFC_1123 = "rfc1123";

  /** {@code iso}, {@code rfc1123}, {@code epoch_seconds}, {@code epoch_millis} or a pattern. */
  sealed interface Notation {

    Instant read(JsonNode value, ZoneId zone) throws Impossible;

    JsonNode write(ZonedDateTime time);

    /**
     * @throws IllegalArgumentException when it is no known name and no pattern of {@link
     *     DateTimeFormatter}
     */
    static Notation of(String name) {
      return switch (name) {
        case ISO -> new Text(name, DateTimeFormatter.ISO_DATE_TIME);
        case RFC_1123 -> new Text(name, DateTimeFormatter.RFC_1123_DATE_TIME);
        case "epoch_seconds" -> new Epoch(name, 1000);
        case "epoch_millis" -> new Epoch(name, 1);
        default -> new Text(name, DateTimeFormatter.ofPattern(name, Locale.ROOT));
      };
    }
  }

  private record Epoch(String name, int millis) implements Notation {

    @Override
    public Instant read(JsonNode value, ZoneId zone) throws Impossible {
      if (!value.isNumber()) {
        throw new Impossible("is no number but " + JsonTypes.name(value));
      }
      BigDecimal number = value.decimalValue();
      // Far beyond any date, and too costly to add up exactly.
      if (Math.abs((long) number.precision() - number.scale()) > 20 || number.scale() > 1000) {
        throw new DateTimeException("out of range");
      }
      return Instant.ofEpochMilli(
          number.multiply(BigDecimal.valueOf(millis)).toBigInteger().longValueExact());
    }

    @Override
    public JsonNode write(ZonedDateTime time) {
      return JsonNodeFactory.instance.numberNode(
          Math.floorDiv(time.toInstant().toEpochMilli(), (long) millis));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private record Text(String name, DateTimeFormatter format) implements Notation {

    @Override
    public Instant read(JsonNode value, ZoneId zone) throws Impossible {
      if (!value.isTextual()) {
        throw new Impossible("is no text but " + JsonTypes.name(value));
      }
      TemporalAccessor time =
          format.parseBest(
              name.equals(ISO) ? IsoTime.withWholeOffset(value.textValue()) : value.textValue(),
              ZonedDateTime::from,
              LocalDateTime::from,
              LocalDate::from);
      if (time instanceof ZonedDateTime zoned) {
        return (name.equals(RFC_1123) ? inItsCentury(zoned) : zoned).toInstant();
      }
      return time instanceof LocalDateTime local
          ? local.atZone(zone).toInstant()
          : LocalDate.from(time).atStartOfDay(zone).toInstant();
    }

    /** Years of two and three digits, as RFC 5322 (4.3) has them read. */
    private static ZonedDateTime inItsCentury(ZonedDateTime time) {
      int year = time.getYear();
      return year >= 1000 ? time : time.withYear(year + (year < 50 ? 2000 : 1900));
    }

    @Override
    public JsonNode write(ZonedDateTime time) {
      return TextNode.valueOf(
          name.equals(ISO)
              ? DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time)
              : format.format(time));
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
