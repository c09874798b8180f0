package dev.webhookworker.postgres;

import java.time.DateTimeException;
import java.time.Instant;

/** Where a page of rows ended: its last row's time and entry. */
record TimeCursor(Instant at, String id) {

  /**
   * @throws IllegalArgumentException when it is no cursor of a page
   */
  static TimeCursor parse(String cursor) {
    int space = cursor.indexOf(' ');
    try {
      if (space > 0) {
        return new TimeCursor(
            Instant.parse(cursor.substring(0, space)), cursor.substring(space + 1));
      }
    } catch (DateTimeException wrong) {
      throw new IllegalArgumentException("pass the cursor of the page before as it is", wrong);
    }
    throw new IllegalArgumentException("pass the cursor of the page before as it is");
  }

  @Override
  public String toString() {
    return at + " " + id;
  }
}
