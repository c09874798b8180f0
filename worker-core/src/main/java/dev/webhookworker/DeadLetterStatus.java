package dev.webhookworker;

import java.util.Locale;

/** Where a dead letter stands. */
public enum DeadLetterStatus {
  /** Open; the worker may retry it by itself. */
  PENDING,
  /** Open; its retry waits or runs. */
  RETRYING,
  /** Open; the worker's own retries are used up, it waits for a person. */
  FAILED,
  /** Its event was processed. */
  RESOLVED,
  /** Somebody gave it up, with a reason. */
  DISCARDED;

  /** Whether somebody has to do something about it yet. */
  public boolean isOpen() {
    return this != RESOLVED && this != DISCARDED;
  }

  /** The name in the table, e.g. {@code pending}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
