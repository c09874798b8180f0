package dev.webhookworker.port;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Since when destinations of tools fail, among all workers. Thread-safe. */
public interface DestinationFailures {

  /** A destination: the id of its tool, and its name there. */
  record Name(String toolId, String destination) {}

  /**
   * What is known of one.
   *
   * @param failing whether a request failed and none succeeded since
   * @param disabledAt when it was disabled; empty when it is not
   */
  record Standing(boolean failing, Optional<Instant> disabledAt) {

    /** Nothing bad is known. */
    public static final Standing GOOD = new Standing(false, Optional.empty());
  }

  Standing of(Name destination) throws StreamUnavailableException;

  /**
   * Notes a failed request.
   *
   * @param forgottenAfter without a further one
   * @return how long ago the first one was, without a success since
   */
  Duration failed(Name destination, Duration forgottenAfter) throws StreamUnavailableException;

  /** Disables it; false when it was. */
  boolean disable(Name destination) throws StreamUnavailableException;

  /** A request succeeded, or an operator enables it; true when it was disabled. */
  boolean clear(Name destination) throws StreamUnavailableException;
}
