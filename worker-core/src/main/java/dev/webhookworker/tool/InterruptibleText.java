package dev.webhookworker.tool;

/**
 * Text that ends whoever reads it when its thread is interrupted, as a run at its time limit is: a
 * regular expression can go on for years over a hundred characters, and looks at nothing else. For
 * one thread.
 */
final class InterruptibleText implements CharSequence {

  private static final int BETWEEN_LOOKS = 1024;

  private final CharSequence text;
  private int reads;

  /** The reader's thread was interrupted; the flag stays set. */
  static final class InterruptedReadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InterruptedReadException() {
      super("interrupted while a payload was compared with its schema");
    }
  }

  InterruptibleText(CharSequence text) {
    this.text = text;
  }

  @Override
  public char charAt(int index) {
    if (++reads % BETWEEN_LOOKS == 0 && Thread.currentThread().isInterrupted()) {
      throw new InterruptedReadException();
    }
    return text.charAt(index);
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return new InterruptibleText(text.subSequence(start, end));
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
