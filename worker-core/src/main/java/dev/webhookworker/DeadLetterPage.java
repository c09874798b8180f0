package dev.webhookworker;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of dead letters, newest first.
 *
 * @param next what to pass for the next page; null at the end
 */
public record DeadLetterPage(List<DeadLetter> items, @Nullable String next) {

  public DeadLetterPage {
    items = List.copyOf(items);
  }
}
