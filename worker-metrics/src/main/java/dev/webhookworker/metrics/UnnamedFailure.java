package dev.webhookworker.metrics;

/** Stands for an error in a span: its class, without its text, which may quote a payload. */
final class UnnamedFailure extends Exception {

  private static final long serialVersionUID = 1L;

  UnnamedFailure(String what) {
    super(what, null, false, false);
  }

  static UnnamedFailure of(Throwable failure) {
    return new UnnamedFailure(failure.getClass().getName());
  }
}
