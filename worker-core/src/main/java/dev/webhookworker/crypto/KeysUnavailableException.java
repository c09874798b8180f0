package dev.webhookworker.crypto;

/**
 * The provider of encryption keys failed. No event is to blame for that: what needs a key waits.
 */
public final class KeysUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  KeysUnavailableException(String message) {
    super(message);
  }
}
