package dev.webhookworker.dispatch;

/**
 * The pause command and its acknowledgement. Both change under one lock, so that whoever sees that
 * the loop rests knows that it takes nothing in before {@link #resume}. Thread-safe.
 */
final class RestSwitch {

  // Guarded by this.
  private boolean paused;
  private boolean turning;

  synchronized void pause() {
    paused = true;
  }

  synchronized void resume() {
    paused = false;
  }

  synchronized boolean isPaused() {
    return paused;
  }

  /** The loop wants to begin a turn; false when it has to rest. */
  synchronized boolean begin() {
    turning = !paused;
    return turning;
  }

  /** Whether the loop was told to pause and is not in a turn: nothing is on its way in. */
  synchronized boolean rests() {
    return paused && !turning;
  }
}
