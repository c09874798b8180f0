package dev.webhookworker.dispatch;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** How the fetch loop waits; a test steps it instead. */
interface Waiter {

  /** Waits, or less; a stop of the worker ends it. */
  void pause(Duration time);

  /** Waits until at most so many events are held; false when the time is over first. */
  boolean untilHeldAtMost(HeldEvents held, int most, Duration longest) throws InterruptedException;

  /** How long a read may wait for its first entry, of the time that it could. */
  Duration ofRead(Duration longest);

  /** Waits in fact. */
  Waiter REAL =
      new Waiter() {
        @Override
        public void pause(Duration time) {
          LockSupport.parkNanos(time.toNanos());
        }

        @Override
        public boolean untilHeldAtMost(HeldEvents held, int most, Duration longest)
            throws InterruptedException {
          return held.awaitAtMost(most, longest.toNanos());
        }

        @Override
        public Duration ofRead(Duration longest) {
          return longest;
        }
      };
}
