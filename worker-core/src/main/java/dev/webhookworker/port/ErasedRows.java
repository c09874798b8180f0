package dev.webhookworker.port;

import java.util.List;

/**
 * What a store has erased, or would.
 *
 * @param keys every entry of the events concerned that the store knows
 * @param matched events concerned
 */
public record ErasedRows(
    List<EventKey> keys, int matched, int events, int deadLetters, int inboxRows) {

  /** Nothing. */
  public static final ErasedRows NONE = new ErasedRows(List.of(), 0, 0, 0, 0);

  public ErasedRows {
    keys = List.copyOf(keys);
  }
}
