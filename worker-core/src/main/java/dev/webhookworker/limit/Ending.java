package dev.webhookworker.limit;

/** What a run's end says about its tool. */
public enum Ending {
  /** The tool's work can be done: processed, or refused because of the event itself. */
  SUCCESS,
  /** Another try may succeed: something that the tool's work needs is in trouble. */
  FAILURE,
  /** Nothing: the run ended for reasons of the worker's own. */
  UNKNOWN
}
