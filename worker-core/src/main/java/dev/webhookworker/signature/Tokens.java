package dev.webhookworker.signature;

import dev.webhookworker.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/** Comparing what a sender shows with what it has to know. */
final class Tokens {

  private Tokens() {}

  /** Whether the text is one of the secrets; takes as long for a wrong one as for a right one. */
  static boolean isOneOf(String text, List<Secret> secrets) {
    byte[] given = text.getBytes(StandardCharsets.UTF_8);
    boolean found = false;
    for (Secret secret : secrets) {
      found |= MessageDigest.isEqual(given, secret.reveal().getBytes(StandardCharsets.UTF_8));
    }
    return found;
  }
}
