package dev.webhookworker.transform;

import dev.webhookworker.NonRetryableException;
import java.util.List;

/** A rule set that can't be compiled; lists everything that is wrong with it. */
public final class InvalidRulesException extends NonRetryableException {

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // List.copyOf is serializable
  private final List<String> problems;

  public InvalidRulesException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** One sentence each, naming the rule. */
  public List<String> problems() {
    return problems;
  }
}
