package dev.webhookworker.ingest;

import java.time.Duration;

/** Ends the way of a request; carries its answer and, for the log, why. Has no stack trace. */
final class Refusal extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient IngestResponse response;
  private final String reason;

  private Refusal(IngestResponse response, String reason) {
    super(reason, null, false, false);
    this.response = response;
    this.reason = reason;
  }

  IngestResponse response() {
    return response;
  }

  /** A code for the operator's log; never part of the answer. */
  String reason() {
    return reason;
  }

  static Refusal notFound() {
    return new Refusal(IngestResponse.refused(404, "not found"), "unknown_path");
  }

  static Refusal method() {
    return new Refusal(
        IngestResponse.refused(405, "use POST").with("Allow", "POST"), "method_not_allowed");
  }

  static Refusal forbidden() {
    return new Refusal(IngestResponse.refused(403, "forbidden"), "address_not_allowed");
  }

  static Refusal tooMany(Duration wait, String reason) {
    return new Refusal(IngestResponse.refused(429, "too many requests").retryAfter(wait), reason);
  }

  static Refusal mediaType() {
    return new Refusal(
        IngestResponse.refused(
            415, "send application/json or application/x-www-form-urlencoded, in UTF-8"),
        "media_type");
  }

  static Refusal tooLarge(int limit) {
    return new Refusal(
        IngestResponse.refused(413, "the body is larger than " + limit + " bytes"), "too_large");
  }

  static Refusal unauthorized(String reason) {
    return new Refusal(
        IngestResponse.refused(401, "unauthorized").with("WWW-Authenticate", "Webhook"), reason);
  }

  static Refusal malformed(String problem) {
    return new Refusal(IngestResponse.refused(400, problem), "malformed");
  }

  static Refusal unavailable(Duration wait, String reason) {
    return new Refusal(IngestResponse.refused(503, "come again later").retryAfter(wait), reason);
  }
}
