package dev.webhookworker.signature;

import dev.webhookworker.Secret;
import java.security.MessageDigest;
import java.util.Base64;

/** A secret ({@code whsec_…}) or a public key ({@code whpk_…}) of Standard Webhooks. */
sealed interface StandardWebhooksKey {

  String SECRET_PREFIX = "whsec_";
  String PUBLIC_KEY_PREFIX = "whpk_";

  /** What a signature of this key begins with. */
  String version();

  boolean fits(byte[] signature, byte[]... parts);

  /**
   * A key from text; without a prefix it is a secret.
   *
   * @throws IllegalArgumentException when it is not Base64, or no key; doesn't show it
   */
  static StandardWebhooksKey of(Secret secret) {
    String text = secret.reveal();
    try {
      if (text.startsWith(PUBLIC_KEY_PREFIX)) {
        byte[] key = Base64.getDecoder().decode(text.substring(PUBLIC_KEY_PREFIX.length()));
        if (key.length == Ed25519.KEY_LENGTH) {
          return new Public(key);
        }
      } else {
        String base64 =
            text.startsWith(SECRET_PREFIX) ? text.substring(SECRET_PREFIX.length()) : text;
        byte[] key = Base64.getDecoder().decode(base64);
        if (key.length > 0) {
          return new Shared(key);
        }
      }
    } catch (IllegalArgumentException notBase64) {
      throw new IllegalArgumentException(EXPECTED, notBase64);
    }
    throw new IllegalArgumentException(EXPECTED);
  }

  String EXPECTED = "expected whsec_ and a secret in Base64, or whpk_ and a public key in Base64";

  /** v1: a keyed hash. */
  record Shared(byte[] key) implements StandardWebhooksKey {
    @Override
    public String version() {
      return "v1";
    }

    @Override
    public boolean fits(byte[] signature, byte[]... parts) {
      return MessageDigest.isEqual(HmacAlgorithm.SHA256.hash(key, parts), signature);
    }
  }

  /** v1a: Ed25519. */
  record Public(byte[] key) implements StandardWebhooksKey {
    @Override
    public String version() {
      return "v1a";
    }

    @Override
    public boolean fits(byte[] signature, byte[]... parts) {
      return Ed25519.isGenuine(key, signature, parts);
    }
  }
}
