package dev.webhookworker.port;

/**
 * The transaction that a handler ran in was lost with its connection or its server: nothing of it
 * is kept, and the handler is not to blame as far as anyone can tell.
 */
public final class TransactionLostException extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * @param cause what the handler or the store met
   */
  public TransactionLostException(String message, Exception cause) {
    super(message, cause);
  }
}
