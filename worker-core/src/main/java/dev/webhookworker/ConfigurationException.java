package dev.webhookworker;

import java.util.List;

/** The configuration can't work; lists everything that is wrong, not just the first. */
public final class ConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // List.copyOf is serializable
  private final List<String> problems;

  public ConfigurationException(List<String> problems) {
    super(
        problems.size() == 1
            ? problems.get(0)
            : problems.size() + " settings are wrong:\n  - " + String.join("\n  - ", problems));
    this.problems = List.copyOf(problems);
  }

  /** One sentence each: which setting, its value unless secret, and what would be right. */
  public List<String> problems() {
    return problems;
  }
}
