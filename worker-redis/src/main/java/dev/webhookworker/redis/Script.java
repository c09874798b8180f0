package dev.webhookworker.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The Lua scripts, each in a resource file of its name with a header that says what it keeps. */
enum Script {
  OPEN,
  SERVER,
  NAME,
  DROP_NAME,
  ADMIT,
  TAKE_OVER,
  READ,
  ENTRIES,
  CLAIM,
  RECOVER,
  LEASE_RETRIES,
  RESCHEDULE,
  WAKE_PARKED,
  BURY,
  REINJECT,
  RESTORE,
  DISCARD,
  DEAD_STATES,
  FORGET,
  TRACE,
  REQUEUE,
  FINISH,
  RENEW,
  RELEASE,
  MAINTAIN,
  TAKE_TURN,
  END_TURN,
  FAIL_DESTINATION,
  DISABLE_DESTINATION,
  JOIN_LINE,
  LEAVE_LINE,
  DEPTH;

  private static final String INCLUDE = "--#include ";

  private final String source;
  private final String sha;

  Script() {
    source = read(name().toLowerCase(java.util.Locale.ROOT) + ".lua");
    sha = sha1(source.getBytes(StandardCharsets.UTF_8));
  }

  String source() {
    return source;
  }

  /** Its SHA-1 in hex, by which the server knows it. */
  String sha() {
    return sha;
  }

  private static String read(String file) {
    try (InputStream in = Script.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("the script " + file + " is not in the jar");
      }
      String lua = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      StringBuilder whole = new StringBuilder();
      while (lua.startsWith(INCLUDE)) {
        int end = lua.indexOf('\n');
        whole.append(read(lua.substring(INCLUDE.length(), end)));
        lua = lua.substring(end + 1);
      }
      return whole.append(lua).toString();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static String sha1(byte[] text) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-1", impossible);
    }
  }
}
