package dev.webhookworker.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Settings of the JDK's {@code HttpServer}, which it reads once, when the first server of the
 * process is made. What the host has set stays.
 */
public final class JdkServers {

  private static final int SHARE_OF_FILES = 4;
  private static final int LEAST_CONNECTIONS = 256;
  private static final int MOST_CONNECTIONS = 4096;

  /** The limits of this process (proc(5)); the JVM has raised the soft one when it started. */
  private static final Path LIMITS = Path.of("/proc/self/limits");

  private static final Pattern OPEN_FILES = Pattern.compile("^Max open files\\s+(\\d{1,18})\\s");

  private JdkServers() {}

  /** To be called before a server is made. */
  public static void prepare() {
    // Without Nagle's algorithm, which holds back the second part of each answer on a kept-alive
    // connection for 40 ms.
    setUnlessSet("sun.net.httpserver.nodelay", "true");
    // Strangers must not take the open files that the worker needs for its own connections.
    setUnlessSet("jdk.httpserver.maxConnections", Integer.toString(connections(openFiles())));
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  static int connections(long openFiles) {
    return (int)
        Math.max(LEAST_CONNECTIONS, Math.min(MOST_CONNECTIONS, openFiles / SHARE_OF_FILES));
  }

  /** Where Linux does not tell it, the most connections are few enough. */
  private static long openFiles() {
    try {
      return openFiles(Files.readAllLines(LIMITS));
    } catch (IOException notLinux) {
      return Long.MAX_VALUE;
    }
  }

  static long openFiles(List<String> limits) {
    return limits.stream()
        .map(OPEN_FILES::matcher)
        .filter(Matcher::find)
        .mapToLong(found -> Long.parseLong(found.group(1)))
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }
}
