package dev.webhookworker.forward;

import java.net.IDN;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The one way in which names of hosts are read: as DNS has them, so in lower case, with {@code
 * xn--} in place of letters that ASCII lacks (RFC 5891). A label may have underscores, as the names
 * of Compose and Swarm have (RFC 2181, 11). Stateless.
 */
final class HostName {

  private static final Pattern NAME =
      Pattern.compile(
          "(?:\\*\\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\\.)*[a-z0-9_-]{1,63}\\.?");

  private HostName() {}

  /** The name as it is looked up and compared; what is none, such as an address, in lower case. */
  static String ascii(String host) {
    try {
      return IDN.toASCII(host, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException none) {
      return host.toLowerCase(Locale.ROOT);
    }
  }

  /** Whether it is a name, or {@code *.} and a name. */
  static boolean isName(String host) {
    return NAME.matcher(ascii(host)).matches();
  }
}
