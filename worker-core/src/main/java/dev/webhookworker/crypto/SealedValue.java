package dev.webhookworker.crypto;

import dev.webhookworker.port.EncryptionContext;
import dev.webhookworker.spi.KeyProvider;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * One encrypted value as text: {@code enc:v2:<key id>:<Base64 of nonce, ciphertext and tag>}.
 * AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits and a tag of 128 bits; bound to what
 * it belongs to and to the place in it, so that a value copied elsewhere does not open. Values of
 * the first version, {@code enc:v1:…}, are bound to the event's id and the place. Stateless.
 */
final class SealedValue {

  private static final String FIRST = "enc:v1:";
  private static final String PREFIX = "enc:v2:";

  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private SealedValue() {}

  /**
   * @param path to the value inside of what it belongs to
   * @throws IllegalStateException when there is no active key
   */
  static String seal(KeyProvider keys, EncryptionContext context, List<String> path, byte[] plain) {
    String id =
        keys.activeKeyId()
            .orElseThrow(() -> new IllegalStateException("there is no active encryption key"));
    SecretKey key =
        keys.key(id)
            .orElseThrow(
                () ->
                    new IllegalStateException("the active encryption key '" + id + "' is missing"));
    byte[] nonce = new byte[NONCE];
    RANDOM.nextBytes(nonce);
    try {
      byte[] encrypted =
          cipher(Cipher.ENCRYPT_MODE, key, nonce, bound(context, path)).doFinal(plain);
      byte[] all = ByteBuffer.allocate(NONCE + encrypted.length).put(nonce).put(encrypted).array();
      return PREFIX + id + ":" + Base64.getEncoder().withoutPadding().encodeToString(all);
    } catch (GeneralSecurityException refused) {
      throw new IllegalStateException("the encryption key '" + id + "' can't be used", refused);
    }
  }

  /** Whether a text looks like such a value. */
  static boolean is(String text) {
    return text.startsWith(PREFIX) || text.startsWith(FIRST);
  }

  /** Whether something that looks like such a value may be in a text. */
  static boolean mayBeIn(String text) {
    return text.contains(PREFIX) || text.contains(FIRST);
  }

  /** Whether a text would be sealed with that key now, and in this version. */
  static boolean isCurrent(String text, String activeKeyId) {
    return text.startsWith(PREFIX) && keyId(text).orElse("").equals(activeKeyId);
  }

  /** The id of the key that a sealed text names; empty when it is none. */
  static Optional<String> keyId(String text) {
    int colon = is(text) ? text.indexOf(':', PREFIX.length()) : -1;
    return colon < 0 ? Optional.empty() : Optional.of(text.substring(PREFIX.length(), colon));
  }

  static byte[] open(KeyProvider keys, EncryptionContext context, List<String> path, String text)
      throws DecryptionException {
    String id = keyId(text).orElseThrow(() -> new DecryptionException("not an encrypted value"));
    SecretKey key =
        keys.key(id)
            .orElseThrow(
                () ->
                    new DecryptionException(
                        "the encryption key '"
                            + shown(id)
                            + "' is missing: add it to WORKER_ENCRYPTION_KEYS after the active one"));
    try {
      byte[] all = Base64.getDecoder().decode(text.substring(PREFIX.length() + id.length() + 1));
      if (all.length <= NONCE) {
        throw new DecryptionException("a value encrypted with the key '" + id + "' is cut off");
      }
      byte[] nonce = java.util.Arrays.copyOf(all, NONCE);
      String bound =
          text.startsWith(FIRST) ? firstBound(context.subject(), path) : bound(context, path);
      return cipher(Cipher.DECRYPT_MODE, key, nonce, bound).doFinal(all, NONCE, all.length - NONCE);
    } catch (GeneralSecurityException | IllegalArgumentException wrong) {
      throw new DecryptionException(
          "a value does not open with the encryption key '"
              + id
              + "': the key is not the one that it was encrypted with, or the value was changed or"
              + " copied from elsewhere");
    }
  }

  /** With the length of each part, so that none can run into the next. */
  private static String bound(EncryptionContext context, List<String> path) {
    StringBuilder bound = new StringBuilder();
    for (String part :
        List.of(context.table(), context.tenantId(), context.entryId(), context.subject())) {
      bound.append(part.length()).append(':').append(part);
    }
    return bound.append(pointer(path)).toString();
  }

  private static String firstBound(String subject, List<String> path) {
    return subject + '\0' + pointer(path);
  }

  private static String pointer(List<String> path) {
    StringBuilder pointer = new StringBuilder();
    for (String part : path) {
      pointer.append('/').append(part.replace("~", "~0").replace("/", "~1"));
    }
    return pointer.toString();
  }

  /** An id from a payload may be anything; what is no id is not shown. */
  private static String shown(String id) {
    return id.matches("[A-Za-z0-9_.-]{1,64}") ? id : "?";
  }

  private static Cipher cipher(int mode, SecretKey key, byte[] nonce, String bound)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(bound.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
