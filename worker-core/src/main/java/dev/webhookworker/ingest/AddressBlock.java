package dev.webhookworker.ingest;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A block of addresses (CIDR), IPv4 or IPv6; an IPv4 address written as IPv6 counts as IPv4.
 *
 * @param network all bits beyond {@code bits} are zero
 */
public record AddressBlock(byte[] network, int bits) {

  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  /**
   * A block such as {@code 192.0.2.0/24} or {@code 2001:db8::/32}, or one address.
   *
   * @throws IllegalArgumentException when the text is none; never asks the DNS
   */
  public static AddressBlock parse(String text) {
    int slash = text.indexOf('/');
    String literal = (slash < 0 ? text : text.substring(0, slash)).trim();
    InetAddress address =
        address(literal)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "'"
                            + text
                            + "' is no address block such as 192.0.2.0/24 or 2001:db8::/32"));
    byte[] network = address.getAddress();
    int all = network.length * 8;
    int bits = slash < 0 ? all : bits(text, slash, all);
    for (int bit = bits; bit < all; bit++) {
      network[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
    }
    return new AddressBlock(network, bits);
  }

  private static int bits(String text, int slash, int all) {
    String number = text.substring(slash + 1).trim();
    if (!number.matches("\\d{1,3}") || Integer.parseInt(number) > all) {
      throw new IllegalArgumentException(
          "'" + text + "' needs a number of bits from 0 to " + all + " behind the slash");
    }
    return Integer.parseInt(number);
  }

  /** The address that a literal names; empty for anything else, without asking the DNS. */
  static Optional<InetAddress> address(String literal) {
    int zone = literal.indexOf('%');
    String bare = zone < 0 ? literal : literal.substring(0, zone);
    if (!IPV4.matcher(bare).matches() && !IPV6.matcher(bare).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(bare));
    } catch (UnknownHostException noAddress) {
      return Optional.empty();
    }
  }

  /** Whether one of the blocks holds the address. */
  static boolean anyContains(List<AddressBlock> blocks, InetAddress address) {
    for (AddressBlock block : blocks) {
      if (block.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the address lies in this block. */
  public boolean contains(InetAddress address) {
    byte[] other = address.getAddress();
    if (other.length != network.length) {
      return false;
    }
    int whole = bits / 8;
    if (!Arrays.equals(network, 0, whole, other, 0, whole)) {
      return false;
    }
    int rest = bits % 8;
    int mask = 0xFF << (8 - rest);
    return rest == 0 || (network[whole] & mask) == (other[whole] & mask);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AddressBlock block
        && bits == block.bits
        && Arrays.equals(network, block.network);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(network) + bits;
  }
}
