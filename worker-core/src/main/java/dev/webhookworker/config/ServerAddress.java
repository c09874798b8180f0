package dev.webhookworker.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is, as people and platforms write it: {@code host}, {@code host:port}, an IPv6
 * literal with or without brackets, or a URL. A password may hold characters that a URL would have
 * to escape: everything up to the last {@code @} belongs to it.
 *
 * @param scheme without {@code ://}; empty where there is none
 * @param user null for none
 * @param password null for none
 * @param host an IPv6 literal without brackets
 * @param port -1 for none
 * @param path what follows the first slash, empty for nothing
 * @param query what follows the question mark, empty for nothing
 */
record ServerAddress(
    String scheme,
    @Nullable String user,
    @Nullable String password,
    String host,
    int port,
    String path,
    String query) {

  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.:-]*)://(.*)");
  private static final Pattern PLACE =
      Pattern.compile(
          "(?:\\[([0-9A-Fa-f:.%]+)\\]|([^:/?\\[\\]]*)|([0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*))"
              + "(?::(\\d{1,5}))?(?:/([^?]*))?(?:\\?(.*))?");
  private static final Pattern BROKEN_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  /**
   * @throws IllegalArgumentException when it is none of these; the message shows nothing of it
   */
  static ServerAddress parse(String text) {
    Matcher url = SCHEME.matcher(text);
    boolean isUrl = url.matches();
    String rest = isUrl ? url.group(2) : text;
    int at = rest.lastIndexOf('@');
    String credentials = at < 0 ? "" : rest.substring(0, at);
    Matcher place = PLACE.matcher(rest.substring(at + 1));
    if (!place.matches()) {
      throw new IllegalArgumentException("not an address");
    }
    int colon = credentials.indexOf(':');
    return new ServerAddress(
        isUrl ? url.group(1) : "",
        emptyToNull(decoded(colon < 0 ? credentials : credentials.substring(0, colon))),
        colon < 0 ? null : emptyToNull(decoded(credentials.substring(colon + 1))),
        firstOf(place.group(1), place.group(2), place.group(3)),
        place.group(4) == null ? -1 : port(place.group(4)),
        firstOf(place.group(5), ""),
        firstOf(place.group(6), ""));
  }

  private static int port(String digits) {
    int port = Integer.parseInt(digits);
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("a port is from 1 to 65535");
    }
    return port;
  }

  private static String firstOf(@Nullable String... texts) {
    for (String text : texts) {
      if (text != null) {
        return text;
      }
    }
    return "";
  }

  private static @Nullable String emptyToNull(String text) {
    return text.isEmpty() ? null : text;
  }

  /** A percent sign that escapes nothing is one. */
  private static String decoded(String part) {
    String escaped = BROKEN_ESCAPE.matcher(part.replace("+", "%2B")).replaceAll("%25");
    return URLDecoder.decode(escaped, StandardCharsets.UTF_8);
  }

  /** The host as a URL has it. */
  String hostInUrl() {
    return host.indexOf(':') < 0 ? host : "[" + host + "]";
  }
}
