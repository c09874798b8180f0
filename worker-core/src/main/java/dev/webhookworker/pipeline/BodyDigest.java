package dev.webhookworker.pipeline;

import dev.webhookworker.port.EntryFields;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 of an entry's type and body. The inbox knows an event by it for as long as its rows live,
 * longer than the queue may keep anything, the key of its own hashes too. Stateless.
 */
final class BodyDigest {

  private BodyDigest() {}

  static String of(EntryFields fields) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
    add(digest, fields.bytes("event_type"));
    digest.update((byte) 0);
    add(digest, fields.bytes("payload"));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(digest.digest());
  }

  private static void add(MessageDigest digest, byte @Nullable [] field) {
    if (field != null) {
      digest.update(field);
    }
  }
}
