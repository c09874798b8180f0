package dev.webhookworker.port;

import java.time.Duration;

/**
 * Whose turn it is at the resources of tools with an {@code order_guard}, among all workers. Keeps:
 * one run at a time at a resource; none of an older version than one that is done; none of an older
 * version than one that failed or was put off and will run again. Thread-safe.
 */
public interface ResourceTurns {

  /** Whether a run may begin. */
  enum Answer {
    /** It may; one of the other methods ends its turn. */
    TAKEN,
    /** A newer version is done. */
    STALE,
    /** Another event has its turn, or a newer one will run again: ask later. */
    BUSY
  }

  /**
   * One run at a resource.
   *
   * @param fencingToken growing with the runs of the entry; a later run has its predecessor's turn
   */
  record Turn(ResourceVersion resource, String entryId, long fencingToken) {}

  /**
   * @param lease after which the turn is over by itself
   */
  Answer take(Turn turn, Duration lease) throws StreamUnavailableException;

  /** The run was a success: from now on older versions are stale. */
  void done(Turn turn) throws StreamUnavailableException;

  /**
   * The event will run again: newer versions go on meanwhile, older ones wait.
   *
   * @param longest how long older ones wait for it at most
   */
  void putOff(Turn turn, Duration longest) throws StreamUnavailableException;

  /** The event will not run again: older versions go on. */
  void giveUp(Turn turn) throws StreamUnavailableException;
}
