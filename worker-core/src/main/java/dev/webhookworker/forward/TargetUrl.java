package dev.webhookworker.forward;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads the url of a destination. */
final class TargetUrl {

  private static final int LONGEST = 2048;
  private static final Pattern NUMBER = Pattern.compile("[0-9]+|0[xX][0-9a-fA-F]*");
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.(?!$)|$)){4}");

  private static final Pattern PORT =
      Pattern.compile(
          "0*(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])");

  private TargetUrl() {}

  /**
   * @throws IllegalArgumentException when no event can be sent there; doesn't show it, because it
   *     may hold a secret
   */
  static URI parse(String text) {
    URI url;
    try {
      url = withHost(new URI(text));
    } catch (URISyntaxException malformed) {
      throw wrong("is not a url (" + malformed.getReason() + ")");
    }
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    if (text.length() > LONGEST || !(scheme.equals("https") || scheme.equals("http"))) {
      throw wrong("must be https:// or http:// and at most " + LONGEST + " characters");
    }
    String authority = url.getRawAuthority();
    if (authority == null) {
      throw wrong("names no host");
    }
    if (authority.indexOf('@') >= 0) {
      throw wrong("must not hold a user or password; use headers.Authorization");
    }
    int colon = authority.lastIndexOf(':');
    boolean hasPort = colon > authority.lastIndexOf(']');
    String host = hasPort ? authority.substring(0, colon) : authority;
    String port = hasPort ? authority.substring(colon + 1) : "";
    if (url.getRawFragment() != null) {
      throw wrong("must not have a fragment (#)");
    }
    if (!port.isEmpty() && !PORT.matcher(port).matches()) {
      throw wrong("has a port that is not from 1 to 65535");
    }
    if (isAmbiguousNumber(host)) {
      throw wrong(
          "has an address that is read in different ways; write it as four decimal numbers"
              + " without leading zeros");
    }
    return url;
  }

  /** {@link URI} takes an underscore in a host's name for a syntax that it does not know. */
  private static URI withHost(URI url) throws URISyntaxException {
    String authority = url.getRawAuthority();
    return url.getHost() == null
            && authority != null
            && HostName.isName(authority.replaceFirst(":[0-9]*$", ""))
        ? url
        : url.parseServerAuthority();
  }

  /** Decimal, octal, hexadecimal and short spellings of an IPv4 address. */
  private static boolean isAmbiguousNumber(String host) {
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    String last = name.substring(name.lastIndexOf('.') + 1);
    return NUMBER.matcher(last).matches() && !IPV4.matcher(host).matches();
  }

  private static IllegalArgumentException wrong(String problem) {
    return new IllegalArgumentException(problem);
  }
}
