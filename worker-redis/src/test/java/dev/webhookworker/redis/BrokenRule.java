package dev.webhookworker.redis;

/** A rule of the protocol that the simulation breaks on purpose, to show that it would notice. */
enum BrokenRule {
  NONE,
  /** The entry is acknowledged before its event is stored. */
  ACKNOWLEDGE_BEFORE_STORE,
  /** Outcomes are settled, and leases taken for held, without asking who has the event. */
  NO_OWNERSHIP_CHECK,
  /** A duplicate whose owner is no longer held is dropped without asking for the owner's row. */
  NO_TAKE_OVER,
  /** A success that is stored ends the pending entry only, not what a later run has made of it. */
  LATE_SUCCESS_LEAVES_THE_REST,
  /** An entry that nobody has is taken to be another's: the last copy is thrown away. */
  LAST_COPY_IS_THROWN_AWAY,
  /** A put-off forgets the unclean ends before it. */
  PUT_OFF_FORGETS_CRASHES
}
