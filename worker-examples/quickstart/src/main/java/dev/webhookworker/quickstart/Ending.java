package dev.webhookworker.quickstart;

/** The end that an entry of the stream can reach, or has reached. */
enum Ending {
  /** Processed at the first attempt. */
  PROCESSED,
  /** Processed after failures. */
  RETRIED,
  /** Acknowledged because another entry with its event id was processed. */
  DUPLICATE,
  /** Open in the DLQ stream. */
  DEAD_LETTER,
  /** None yet. */
  OPEN
}
