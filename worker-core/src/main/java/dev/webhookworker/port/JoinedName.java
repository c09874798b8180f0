package dev.webhookworker.port;

/**
 * Several names made one, so that no two lists of names become the same: {@code shop} with {@code
 * eu:1} is not {@code shop:eu} with {@code 1}. Senders and publishers choose names. Stateless.
 */
public final class JoinedName {

  private static final char SEPARATOR = ':';

  private JoinedName() {}

  /**
   * The names with colons between them; a colon in a name is {@code %3A}, a per cent sign {@code
   * %25}.
   */
  public static String of(String... names) {
    StringBuilder joined = new StringBuilder();
    for (int i = 0; i < names.length; i++) {
      if (i > 0) {
        joined.append(SEPARATOR);
      }
      joined.append(escaped(names[i]));
    }
    return joined.toString();
  }

  /** A name that stands before a colon and anything else. */
  public static String escaped(String name) {
    return name.indexOf(SEPARATOR) < 0 && name.indexOf('%') < 0
        ? name
        : name.replace("%", "%25").replace(":", "%3A");
  }
}
