package dev.webhookworker.ops;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An act on many dead letters that runs, or has run. Thread-safe. */
final class BulkJob {

  private final String id;
  private final String action;
  private final String actor;
  private final Instant startedAt;
  private final long matching;
  private final int cap;

  // Written by the job's thread.
  private volatile int done;
  private volatile int skipped;
  private volatile String state = "running";
  private volatile @Nullable String problem;
  private volatile @Nullable Instant endedAt;

  // Written by whoever cancels it.
  private volatile boolean cancelled;

  BulkJob(String id, String action, String actor, Instant startedAt, long matching, int cap) {
    this.id = id;
    this.action = action;
    this.actor = actor;
    this.startedAt = startedAt;
    this.matching = matching;
    this.cap = cap;
  }

  String id() {
    return id;
  }

  boolean isRunning() {
    return endedAt == null;
  }

  boolean isCancelled() {
    return cancelled;
  }

  void cancel() {
    cancelled = true;
  }

  void progress(int doneSoFar, int skippedSoFar) {
    done = doneSoFar;
    skipped = skippedSoFar;
  }

  /**
   * @param why it did not come to its end; null when it did
   */
  void ended(String how, @Nullable String why, Instant at) {
    state = how;
    problem = why;
    endedAt = at;
  }

  ObjectNode json() {
    return Answer.object()
        .put("id", id)
        .put("action", action)
        .put("actor", actor)
        .put("state", state)
        .put("matching", matching)
        .put("cap", cap)
        .put("done", done)
        .put("skipped", skipped)
        .put("problem", problem)
        .put("started_at", startedAt.toString())
        .put("ended_at", Answer.time(endedAt));
  }
}
