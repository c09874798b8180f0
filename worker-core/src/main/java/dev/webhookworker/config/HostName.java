package dev.webhookworker.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;

/** The default consumer name: what this machine or container calls itself. */
public final class HostName {

  private HostName() {}

  public static String of(Map<String, String> environment) {
    String given = environment.get("HOSTNAME");
    if (given != null && !given.isBlank()) {
      return given;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "worker";
    }
  }
}
