package dev.webhookworker.spi;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.WebhookEvent;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A place in a trace as {@code traceparent} names it (W3C, "Trace Context", 3.2). Texts of it come
 * from outside: one that does not follow the format to the letter is nothing.
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId 16 hexadecimal digits
 * @param sampled whether its trace is recorded, by the word of whoever wrote it
 */
public record TraceParent(String traceId, String spanId, boolean sampled) {

  /** The name of the header and of the metadata's field. */
  public static final String FIELD = "traceparent";

  private static final int LENGTH = 55;
  private static final int TRACE = 3;
  private static final int SPAN = 36;
  private static final int FLAGS = 53;

  public TraceParent {
    if (!isHex(traceId, 0, 32) || traceId.length() != 32 || isZero(traceId)) {
      throw new IllegalArgumentException("a trace id has 32 hexadecimal digits, not all zero");
    }
    if (!isHex(spanId, 0, 16) || spanId.length() != 16 || isZero(spanId)) {
      throw new IllegalArgumentException("a span id has 16 hexadecimal digits, not all zero");
    }
  }

  /** Empty for everything that is no {@code traceparent}. */
  public static Optional<TraceParent> parse(@Nullable String text) {
    if (text == null
        || text.length() < LENGTH
        || !isHex(text, 0, 2)
        || text.startsWith("ff")
        || !isLongEnoughForItsVersion(text)
        || text.charAt(TRACE - 1) != '-'
        || text.charAt(SPAN - 1) != '-'
        || text.charAt(FLAGS - 1) != '-'
        || !isHex(text, TRACE, SPAN - 1)
        || !isHex(text, SPAN, FLAGS - 1)
        || !isHex(text, FLAGS, LENGTH)) {
      return Optional.empty();
    }
    String trace = text.substring(TRACE, SPAN - 1);
    String span = text.substring(SPAN, FLAGS - 1);
    if (isZero(trace) || isZero(span)) {
      return Optional.empty();
    }
    boolean sampled = (Character.digit(text.charAt(LENGTH - 1), 16) & 1) == 1;
    return Optional.of(new TraceParent(trace, span, sampled));
  }

  /** Version 0 has exactly these fields; a later one may have more behind them. */
  private static boolean isLongEnoughForItsVersion(String text) {
    return text.length() == LENGTH || (!text.startsWith("00") && text.charAt(LENGTH) == '-');
  }

  /** The one in the event's metadata, else the one among the headers that the metadata keeps. */
  public static Optional<TraceParent> of(WebhookEvent event) {
    if (event.field("metadata") == null) {
      return Optional.empty();
    }
    JsonNode metadata = event.metadata();
    Optional<TraceParent> own = parse(metadata.path(FIELD).textValue());
    return own.isPresent() ? own : ofHeaders(metadata.path("headers"));
  }

  private static Optional<TraceParent> ofHeaders(JsonNode headers) {
    for (Map.Entry<String, JsonNode> header : headers.properties()) {
      if (header.getKey().equalsIgnoreCase(FIELD)) {
        return parse(header.getValue().textValue());
      }
    }
    return Optional.empty();
  }

  /** As a header carries it, in version 0. */
  public String text() {
    return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
  }

  private static boolean isHex(String text, int from, int to) {
    if (text.length() < to) {
      return false;
    }
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }

  private static boolean isZero(String digits) {
    return digits.chars().allMatch(c -> c == '0');
  }
}
