package dev.webhookworker.signature;

import dev.webhookworker.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A keyed hash (RFC 2104). */
enum HmacAlgorithm {
  SHA1("HmacSHA1"),
  SHA256("HmacSHA256"),
  SHA384("HmacSHA384"),
  SHA512("HmacSHA512");

  private final String jcaName;

  HmacAlgorithm(String jcaName) {
    this.jcaName = jcaName;
  }

  /** The hash of the parts one after the other. */
  byte[] hash(byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(jcaName);
      mac.init(new SecretKeySpec(key, jcaName));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("the JDK lacks " + jcaName, impossible);
    }
  }

  /** The hash with the secret's characters as key. */
  byte[] hash(Secret secret, byte[]... parts) {
    return hash(secret.reveal().getBytes(StandardCharsets.UTF_8), parts);
  }

  /** What senders write before the signature, e.g. {@code sha256=}. */
  String prefix() {
    return name().toLowerCase(Locale.ROOT) + "=";
  }
}
