package dev.webhookworker.forward;

import dev.webhookworker.retry.Redaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What became of one request to one destination. */
sealed interface DeliveryResult {

  /** What happened, in a few words without anything of a payload. */
  String what();

  /** Which of the three it is, for traces. */
  default String word() {
    return this instanceof Delivered ? "delivered" : this instanceof Refused ? "refused" : "failed";
  }

  /** The redacted start of the answer; empty when there was none. */
  String answer();

  /** One of a few words, for metrics: see {@code WorkerListener.destinationAnswered}. */
  String kind();

  /** Whether the destination works, whatever it thinks of this event. */
  boolean isAlive();

  /** It has it. */
  record Delivered(String what, String answer, String kind) implements DeliveryResult {
    @Override
    public boolean isAlive() {
      return true;
    }
  }

  /** It does not want it, and will not want it later. */
  record Refused(String what, String answer, String kind) implements DeliveryResult {
    @Override
    public boolean isAlive() {
      return true;
    }
  }

  /**
   * Worth another try.
   *
   * @param retryAfter null when the destination wished for no delay
   */
  record Failed(
      String what, String answer, @Nullable Duration retryAfter, boolean isAlive, String kind)
      implements DeliveryResult {}

  /** The kind of a request that was not made, for its address must not be reached. */
  String FORBIDDEN = "forbidden";

  int ANSWER_LENGTH = 200;
  int REQUEST_TIMEOUT = 408;
  int TOO_EARLY = 425;
  int TOO_MANY_REQUESTS = 429;

  static DeliveryResult of(HttpAnswer answer, Instant now) {
    int status = answer.status();
    String what = "answered " + status;
    String kind = status / 100 + "xx";
    String start = shortened(Redaction.redact(answer.start()));
    if (status >= 200 && status < 300) {
      return new Delivered(what, start, kind);
    }
    if (status >= 500
        || status == REQUEST_TIMEOUT
        || status == TOO_EARLY
        || status == TOO_MANY_REQUESTS) {
      return new Failed(
          what, start, retryAfter(answer.retryAfter(), now).orElse(null), status < 500, kind);
    }
    if (status >= 300 && status < 400) {
      return new Refused(
          what + ", a redirect; redirects are not followed, set the url that it leads to",
          start,
          kind);
    }
    return new Refused(what, start, kind);
  }

  static DeliveryResult of(Throwable failure, Duration timeout) {
    if (failure instanceof ForbiddenAddressException forbidden) {
      return new Refused("was not asked: " + forbidden.getMessage(), "", FORBIDDEN);
    }
    if (failure instanceof TimeoutException) {
      return new Failed(
          "did not answer within " + timeout.toMillis() + " ms", "", null, false, "timeout");
    }
    return new Failed(
        "can't be reached ("
            + failure.getClass().getSimpleName()
            + ": "
            + shortened(Redaction.messageOf(failure))
            + ")",
        "",
        null,
        false,
        "unreachable");
  }

  private static String shortened(String text) {
    return text.length() <= ANSWER_LENGTH ? text : text.substring(0, ANSWER_LENGTH) + "…";
  }

  /** Of seconds; more than any limit of ours. */
  long LONGEST_WISH = 999_999_999;

  /** Seconds or a date in each of its forms (RFC 9110, 10.2.3); empty for anything else. */
  static Optional<Duration> retryAfter(@Nullable String header, Instant now) {
    if (header == null) {
      return Optional.empty();
    }
    String value = header.trim();
    if (value.matches("[0-9]+")) {
      boolean beyondAllLimits = value.length() > 9;
      return Optional.of(
          Duration.ofSeconds(beyondAllLimits ? LONGEST_WISH : Long.parseLong(value)));
    }
    return HttpDate.parse(value, now)
        .map(at -> at.isAfter(now) ? Duration.between(now, at) : Duration.ZERO);
  }
}
