package dev.webhookworker;

/** What happens to an event whose id was used before with another body. */
public enum IdReuse {
  /** It becomes an open dead letter with the reason {@code id_reused}. */
  DEAD_LETTER,
  /** It counts as a duplicate of the first. */
  DUPLICATE
}
