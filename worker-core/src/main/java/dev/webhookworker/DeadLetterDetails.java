package dev.webhookworker;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * All that is known of a dead letter. Holds the payload: show it only to who may see it.
 *
 * @param deadLetter what the list shows
 * @param payload the body as text, encrypted values as {@code "***"} unless they were asked for;
 *     bytes that are no UTF-8 are replaced
 * @param fields the entry's other fields as text
 * @param attempts the last failed runs, oldest first
 * @param retries its last retries as a dead letter, oldest first: when and by whom
 * @param warnings what somebody should know before the next retry
 */
public record DeadLetterDetails(
    DeadLetter deadLetter,
    String payload,
    Map<String, String> fields,
    List<FailedAttempt> attempts,
    List<DeadLetterRetry> retries,
    List<String> warnings) {

  public DeadLetterDetails {
    fields = Map.copyOf(fields);
    attempts = List.copyOf(attempts);
    retries = List.copyOf(retries);
    warnings = List.copyOf(warnings);
  }

  /**
   * A failed run.
   *
   * @param number from 1, anew after each retry of the dead letter
   * @param message redacted and shortened
   */
  public record FailedAttempt(int number, Instant at, String errorClass, String message) {}

  /** Without payload and fields, so that a log line leaks nothing. */
  @Override
  public String toString() {
    return "DeadLetterDetails[" + deadLetter.id() + "]";
  }
}
