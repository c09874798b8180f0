package dev.webhookworker.crypto;

import dev.webhookworker.spi.KeyProvider;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * One encrypted value as text: {@code enc:v1:<key id>:<Base64 of nonce, ciphertext and tag>}.
 * AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits and a tag of 128 bits; bound to the
 * event and to the place in it, so that a value copied elsewhere does not open. Stateless.
 */
final class SealedValue {

  static final String PREFIX = "enc:v1:";

  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private SealedValue() {}

  /**
   * @param place what the value is bound to
   * @throws IllegalStateException when there is no active key
   */
  static String seal(KeyProvider keys, String place, byte[] plain) {
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
      byte[] encrypted = cipher(Cipher.ENCRYPT_MODE, key, nonce, place).doFinal(plain);
      byte[] all = ByteBuffer.allocate(NONCE + encrypted.length).put(nonce).put(encrypted).array();
      return PREFIX + id + ":" + Base64.getEncoder().withoutPadding().encodeToString(all);
    } catch (GeneralSecurityException refused) {
      throw new IllegalStateException("the encryption key '" + id + "' can't be used", refused);
    }
  }

  /** The id of the key that a sealed text names; empty when it is none. */
  static Optional<String> keyId(String text) {
    int colon = text.startsWith(PREFIX) ? text.indexOf(':', PREFIX.length()) : -1;
    return colon < 0 ? Optional.empty() : Optional.of(text.substring(PREFIX.length(), colon));
  }

  static byte[] open(KeyProvider keys, String place, String text) throws DecryptionException {
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
      return cipher(Cipher.DECRYPT_MODE, key, nonce, place).doFinal(all, NONCE, all.length - NONCE);
    } catch (GeneralSecurityException | IllegalArgumentException wrong) {
      throw new DecryptionException(
          "a value does not open with the encryption key '"
              + id
              + "': the key is not the one that it was encrypted with, or the value was changed or"
              + " copied from another event or field");
    }
  }

  /** An id from a payload may be anything; what is no id is not shown. */
  private static String shown(String id) {
    return id.matches("[A-Za-z0-9_.-]{1,64}") ? id : "?";
  }

  private static Cipher cipher(int mode, SecretKey key, byte[] nonce, String place)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
