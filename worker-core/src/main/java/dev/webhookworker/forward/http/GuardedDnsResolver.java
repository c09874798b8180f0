package dev.webhookworker.forward.http;

import dev.webhookworker.forward.AddressGuard;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.hc.client5.http.DnsResolver;

/** Gives the library the addresses that the guard lets through; it knows no others. */
record GuardedDnsResolver(AddressGuard guard) implements DnsResolver {

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    return guard.resolve(host);
  }

  @Override
  public String resolveCanonicalHostname(String host) {
    return host;
  }
}
