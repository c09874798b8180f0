package dev.webhookworker;

/** What the worker asks of an event whose tool has an authentication (docs/signatures.md). */
public enum SignaturePolicy {
  /**
   * An event that carries headers is verified by them; one without is trusted, because whoever put
   * it on the stream has verified it.
   */
  WHEN_PRESENT,
  /** An event without headers becomes a dead letter. */
  REQUIRED
}
