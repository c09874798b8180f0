package dev.webhookworker.pairs;

/** What befalls an event, or its worker, in the middle of its way. */
enum Fault {
  /** The handler throws an {@code Error} at its first run. */
  ERROR,
  /** The handler ignores its interrupt, is given up, and returns after all when others are done. */
  GIVEN_UP,
  /** The worker is silent beyond its visibility timeout, while another one lives. */
  FROZEN,
  REDIS_OUTAGE,
  POSTGRES_OUTAGE,
  LOST_GROUP,
  /** The worker is gone for good, without a word to its servers. */
  CRASH;

  /** Whether it is the event's own fault, and costs it an attempt. */
  boolean isTheHandlers() {
    return this == ERROR || this == GIVEN_UP;
  }

  /** Whether another worker is there. */
  boolean needsAnother() {
    return this == FROZEN || this == CRASH;
  }
}
