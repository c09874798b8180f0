package dev.webhookworker.ops;

/**
 * Who asks.
 *
 * @param name the actor in the audit log: 1 to 64 printable characters
 */
public record Principal(String name, Role role) {

  private static final int LONGEST_NAME = 64;

  /**
   * @throws IllegalArgumentException when the name can't stand in a log
   */
  public Principal {
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "a name of 1 to " + LONGEST_NAME + " printable characters is needed");
    }
  }

  static boolean isName(String name) {
    return !name.isBlank()
        && name.length() <= LONGEST_NAME
        && name.codePoints()
            .noneMatch(
                c ->
                    Character.isISOControl(c)
                        || Character.getType(c) == Character.FORMAT
                        || Character.getType(c) == Character.LINE_SEPARATOR
                        || Character.getType(c) == Character.PARAGRAPH_SEPARATOR);
  }
}
