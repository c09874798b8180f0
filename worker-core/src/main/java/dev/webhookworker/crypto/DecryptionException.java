package dev.webhookworker.crypto;

/** An encrypted value can't be read; the message names the key id, never the value. */
public final class DecryptionException extends Exception {

  private static final long serialVersionUID = 1L;

  public DecryptionException(String message) {
    super(message);
  }
}
