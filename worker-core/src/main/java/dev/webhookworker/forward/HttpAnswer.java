package dev.webhookworker.forward;

import org.jspecify.annotations.Nullable;

/**
 * What a destination answered.
 *
 * @param retryAfter the header of that name
 * @param start the first bytes of the body as text, as the destination wrote them
 */
public record HttpAnswer(int status, @Nullable String retryAfter, String start) {

  /** How much of a body is looked at, in bytes. */
  public static final int START_BYTES = 2048;
}
