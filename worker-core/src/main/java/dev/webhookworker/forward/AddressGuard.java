package dev.webhookworker.forward;

import dev.webhookworker.ingest.AddressBlock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Decides which addresses may be connected to, so that nobody can use the worker to reach what only
 * the worker can reach. The connection is made to an address that this guard returned, never to a
 * name that is looked up once more. Immutable, thread-safe.
 */
public final class AddressGuard {

  /** IANA's special-purpose registry for IPv4, multicast, and Azure's metadata address. */
  private static final List<AddressBlock> NOT_PUBLIC =
      blocks(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "168.63.129.16/32",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/3",
          // Inside IPv6's global unicast: Teredo and other protocol assignments, documentation,
          // 6to4, which carries any IPv4 address.
          "2001::/23",
          "2001:db8::/32",
          "2002::/16",
          "3fff::/20");

  /** Of IPv6 nothing else is public: mapped, NAT64, unique local, link-local, multicast. */
  private static final AddressBlock GLOBAL_UNICAST = AddressBlock.parse("2000::/3");

  private final List<AddressBlock> allowedBlocks = new ArrayList<>();
  private final List<String> allowedNames = new ArrayList<>();
  private final NameLookup lookup;

  /**
   * @param allow blocks, hosts and {@code *.domain}
   * @throws IllegalArgumentException when an entry is none of these
   */
  public AddressGuard(List<String> allow, NameLookup lookup) {
    this.lookup = lookup;
    for (String entry : allow) {
      checkAllowed(entry);
      if (isBlock(entry)) {
        allowedBlocks.add(AddressBlock.parse(entry));
      } else {
        allowedNames.add(HostName.ascii(entry));
      }
    }
  }

  /**
   * Checks an entry of the list of what is allowed.
   *
   * @throws IllegalArgumentException when it is neither a block nor a name
   */
  public static void checkAllowed(String entry) {
    if (isBlock(entry)) {
      AddressBlock.parse(entry);
    } else if (!HostName.isName(entry)) {
      throw new IllegalArgumentException(
          "'"
              + entry
              + "' is neither a block of addresses (10.1.0.0/16), nor a host (crm.internal), nor"
              + " the hosts of a domain (*.internal)");
    }
  }

  private static boolean isBlock(String entry) {
    return entry.indexOf('/') >= 0 || entry.indexOf(':') >= 0 || entry.matches("[0-9.]+");
  }

  /**
   * The addresses of a host that may be connected to.
   *
   * @param host a name or an address, with or without brackets
   * @throws ForbiddenAddressException when it has none of these
   * @throws UnknownHostException when it has no address at all
   */
  public InetAddress[] resolve(String host) throws UnknownHostException {
    // The client hands over a name as people write it: no DNS knows that.
    String bare =
        host.startsWith("[") ? host.substring(1, host.length() - 1) : HostName.ascii(host);
    InetAddress[] all = lookup.addresses(bare);
    if (all.length == 0) {
      throw new UnknownHostException(bare);
    }
    if (isAllowedName(bare)) {
      return all;
    }
    InetAddress[] allowed =
        Stream.of(all).filter(this::isAllowed).toArray(length -> new InetAddress[length]);
    if (allowed.length == 0) {
      throw new ForbiddenAddressException(
          "the host '"
              + bare
              + "' has no public address; name it or its block in WORKER_FORWARD_ALLOW if events may be sent there");
    }
    return allowed;
  }

  private boolean isAllowedName(String host) {
    for (String allowed : allowedNames) {
      if (allowed.startsWith("*.") ? host.endsWith(allowed.substring(1)) : host.equals(allowed)) {
        return true;
      }
    }
    return false;
  }

  /** Whether that address may be connected to. */
  boolean isAllowed(InetAddress address) {
    return isIn(allowedBlocks, address) || isPublic(address);
  }

  private static boolean isPublic(InetAddress address) {
    boolean ipv6 = address.getAddress().length == 16;
    return (!ipv6 || GLOBAL_UNICAST.contains(address)) && !isIn(NOT_PUBLIC, address);
  }

  private static boolean isIn(List<AddressBlock> blocks, InetAddress address) {
    for (AddressBlock block : blocks) {
      if (block.contains(address)) {
        return true;
      }
    }
    return false;
  }

  private static List<AddressBlock> blocks(String... blocks) {
    return Stream.of(blocks).map(AddressBlock::parse).toList();
  }
}
