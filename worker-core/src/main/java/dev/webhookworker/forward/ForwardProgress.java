package dev.webhookworker.forward;

import java.time.Duration;
import java.time.Instant;

/** What forwarding keeps in the run of one event and from one run to the next. */
public interface ForwardProgress {

  /** Whether an earlier run marked that name. */
  boolean isCompleted(String name);

  /** Marks a name for all later runs, whatever becomes of this one or of its transaction. */
  void completedForGood(String name);

  /** How often the event came back as a dead letter. */
  int dlqRetries();

  /** How often the event was put off. */
  int snoozes();

  /** When the run is over. */
  Instant deadline();

  /** Puts the event off without using up an attempt. */
  void snooze(Duration delay);

  /**
   * Something for the audit log.
   *
   * @param action of a bounded set
   * @param detail without anything of a payload
   * @param answer what another service said, redacted; may quote the payload
   */
  void note(String action, String detail, String answer);
}
