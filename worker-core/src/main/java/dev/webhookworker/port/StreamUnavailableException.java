package dev.webhookworker.port;

import org.jspecify.annotations.Nullable;

/** The event stream does not answer or refuses for now; the call may be made again later. */
public final class StreamUnavailableException extends Exception {

  private static final long serialVersionUID = 1L;

  private final boolean groupMissing;

  public StreamUnavailableException(String message, @Nullable Throwable cause) {
    this(message, cause, false);
  }

  public StreamUnavailableException(
      String message, @Nullable Throwable cause, boolean groupMissing) {
    super(message, cause);
    this.groupMissing = groupMissing;
  }

  /** Whether the stream or its group is gone, so that {@link EventStream#open()} is needed. */
  public boolean groupMissing() {
    return groupMissing;
  }
}
