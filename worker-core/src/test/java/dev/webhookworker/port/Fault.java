package dev.webhookworker.port;

/** How a call of a server can fail. */
public enum Fault {
  /** Nothing was done. */
  ERROR_BEFORE,
  /** It was done, and the answer was lost. */
  ERROR_AFTER,
  /** It is done after the caller has given up. */
  TIMEOUT,
  /** The client has a bug, or the server said something that it does not understand. */
  EXCEPTION,
  /** The platform has no memory left for it. */
  PLATFORM_ERROR
}
