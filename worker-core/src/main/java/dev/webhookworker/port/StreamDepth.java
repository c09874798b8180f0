package dev.webhookworker.port;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much work waits.
 *
 * @param lag entries that no consumer of the group has been given yet
 * @param lagEstimated whether {@code lag} is a bounded count and not exact
 * @param pending entries given to a consumer and not acknowledged
 * @param retriesDue retries whose time has come
 * @param retriesWaiting retries whose time is still to come, or that run
 * @param deadLetters open dead letters in the stream
 * @param oldestWaiting age of the oldest entry that is not settled; zero when there is none
 * @param streamLength entries in the stream, those included that are done and not trimmed yet
 * @param keptBy another group of the stream that has not read what this one is done with, so that
 *     it can't be trimmed; null when there is none
 * @param kept how much that is, counted up to a bound
 * @param unreadable of the open dead letters, those that were met since the process began and can't
 *     be read
 */
public record StreamDepth(
    long lag,
    boolean lagEstimated,
    long pending,
    long retriesDue,
    long retriesWaiting,
    long deadLetters,
    Duration oldestWaiting,
    long streamLength,
    @Nullable String keptBy,
    long kept,
    long unreadable) {

  /** Of a queue that keeps nothing for anybody else, and can read all that it has. */
  public StreamDepth(
      long lag,
      boolean lagEstimated,
      long pending,
      long retriesDue,
      long retriesWaiting,
      long deadLetters,
      Duration oldestWaiting) {
    this(
        lag,
        lagEstimated,
        pending,
        retriesDue,
        retriesWaiting,
        deadLetters,
        oldestWaiting,
        lag + pending,
        null,
        0,
        0);
  }

  /** What has to be worked off now: lag, pending and retries due. */
  public long total() {
    return lag + pending + retriesDue;
  }
}
