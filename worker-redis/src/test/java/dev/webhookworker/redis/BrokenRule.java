package dev.webhookworker.redis;

/** A rule of the protocol that the simulation breaks on purpose, to show that it would notice. */
enum BrokenRule {
  NONE,
  /** The entry is acknowledged before its event is stored. */
  ACKNOWLEDGE_BEFORE_STORE,
  /** Retries and dead letters are written without asking whether the lease is still held. */
  NO_OWNERSHIP_CHECK,
  /** A duplicate whose owner is no longer held is dropped without asking for the owner's row. */
  NO_TAKE_OVER
}
