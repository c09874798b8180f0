package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.pipeline.IsoTime;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Versions as 40 digits each, so that Redis can compare them as texts: a number, or a time as the
 * number of seconds since 1970, to nine places after the point.
 */
final class VersionDigits {

  private static final int PLACES = 9;
  private static final int MOST_BEFORE_POINT = 30;
  private static final int MOST_SCALE = 100;
  private static final BigInteger ABOVE_ZERO = BigInteger.TEN.pow(MOST_BEFORE_POINT + PLACES);
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,30}(\\.[0-9]{1,40})?");

  private VersionDigits() {}

  /** Empty when the value is no such number or time. */
  static Optional<String> of(JsonNode value) {
    if (value.isNumber()) {
      return of(value.decimalValue());
    }
    if (!value.isTextual()) {
      return Optional.empty();
    }
    String text = value.textValue();
    if (NUMBER.matcher(text).matches()) {
      return of(new BigDecimal(text));
    }
    try {
      Instant time = IsoTime.parse(text);
      return of(
          BigDecimal.valueOf(time.getEpochSecond())
              .add(BigDecimal.valueOf(time.getNano(), PLACES)));
    } catch (DateTimeException noTime) {
      return Optional.empty();
    }
  }

  /** Looks at the exponent before it computes anything: 1e999999999 is a number, too. */
  private static Optional<String> of(BigDecimal number) {
    long beforePoint = (long) number.precision() - number.scale();
    if (beforePoint > MOST_BEFORE_POINT || number.scale() > MOST_SCALE) {
      return Optional.empty();
    }
    BigInteger digits = number.setScale(PLACES, RoundingMode.FLOOR).unscaledValue();
    return Optional.of(String.format("%040d", digits.add(ABOVE_ZERO)));
  }
}
