package dev.webhookworker.redis;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Why a server refuses a command. Versions word the same refusal in different ways, and 6.2 puts it
 * in the middle of a sentence about the script that met it, so the code is looked for anywhere.
 */
enum Refusal {
  /** It is a replica, perhaps since a failover. */
  READONLY(true),
  /** A blocking read ended: the key is gone, or the server became a replica. */
  UNBLOCKED(false),
  /** A replica without its master. */
  MASTERDOWN(true),
  /** It reads its data. */
  LOADING(false),
  /** It is at maxmemory. */
  OOM(false),
  /** It can't save and takes no writes. */
  MISCONF(false),
  /** Too few replicas answer. */
  NOREPLICAS(false),
  /** No password was given, or the user was changed. */
  NOAUTH(true),
  /** The password or the user is wrong. */
  WRONGPASS(true),
  /** The user lacks a right. */
  NOPERM(false),
  /** It does not know the script. */
  NOSCRIPT(false),
  /** The stream or its group is gone. */
  NOGROUP(false),
  /** Anything else. */
  OTHER(false);

  private static final Pattern CODE =
      Pattern.compile(
          "(?:^|[\\s-])("
              + Arrays.stream(values())
                  .filter(one -> one != OTHER)
                  .map(Enum::name)
                  .collect(Collectors.joining("|"))
              + ")\\b");

  private final boolean givesUpConnections;

  Refusal(boolean givesUpConnections) {
    this.givesUpConnections = givesUpConnections;
  }

  static Refusal of(String message) {
    Matcher code = CODE.matcher(message);
    Refusal found = code.find() ? valueOf(code.group(1)) : OTHER;
    if (found == UNBLOCKED) {
      return message.contains("instance state changed") ? READONLY : NOGROUP;
    }
    return found == OTHER ? withoutCode(message) : found;
  }

  private static Refusal withoutCode(String message) {
    if (message.contains("invalid password") || message.contains("invalid username-password")) {
      return WRONGPASS;
    }
    boolean gone = message.contains("no longer exists") || message.contains("no such key");
    return gone ? NOGROUP : OTHER;
  }

  /**
   * Whether the connections are no good any more: the name may point to another server by now, or
   * other credentials be right.
   */
  boolean givesUpConnections() {
    return givesUpConnections;
  }

  boolean groupMissing() {
    return this == NOGROUP;
  }

  /** What the server does not accept, for a message; empty where its own words say it. */
  String told() {
    return switch (this) {
      case NOAUTH, WRONGPASS -> "refused the password or the user: ";
      case NOPERM -> "refused, the ACL user lacks a right: ";
      default -> "";
    };
  }
}
