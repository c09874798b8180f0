package dev.webhookworker.forward;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Asks for the addresses of a host, as the JDK does it by default. Thread-safe. */
@FunctionalInterface
public interface NameLookup {

  NameLookup SYSTEM = InetAddress::getAllByName;

  /**
   * @param host a name, or an address without brackets
   */
  InetAddress[] addresses(String host) throws UnknownHostException;
}
