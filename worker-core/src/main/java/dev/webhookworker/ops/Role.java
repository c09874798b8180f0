package dev.webhookworker.ops;

import java.util.Locale;

/** What a person or a script may do. */
public enum Role {
  /** Looks; payloads are masked. */
  VIEWER,
  /** Acts and reveals payloads as well. */
  OPERATOR;

  /** Whether this role may do what that one may. */
  boolean covers(Role needed) {
    return compareTo(needed) >= 0;
  }

  /** The name in the API's JSON. */
  String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
