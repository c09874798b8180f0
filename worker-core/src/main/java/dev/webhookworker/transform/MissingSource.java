package dev.webhookworker.transform;

import java.util.Locale;

/** What becomes of a target whose source the payload lacks. */
enum MissingSource {
  /** The target is left out. */
  SKIP,
  /** The target is {@code null}. */
  NULL,
  /** The event fails, not retryable. */
  FAIL;

  String configName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
