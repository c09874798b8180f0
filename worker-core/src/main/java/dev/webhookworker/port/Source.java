package dev.webhookworker.port;

/** Where a delivery was taken from, and therefore where it has to be settled. */
public enum Source {
  /** The stream's consumer group: the entry is pending there until it is acknowledged. */
  STREAM,
  /** The retry schedule: the entry is leased there until it is removed or rescheduled. */
  RETRY
}
