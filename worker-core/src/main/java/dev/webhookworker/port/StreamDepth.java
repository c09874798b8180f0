package dev.webhookworker.port;

import java.time.Duration;

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
 */
public record StreamDepth(
    long lag,
    boolean lagEstimated,
    long pending,
    long retriesDue,
    long retriesWaiting,
    long deadLetters,
    Duration oldestWaiting) {

  /** What has to be worked off now: lag, pending and retries due. */
  public long total() {
    return lag + pending + retriesDue;
  }
}
