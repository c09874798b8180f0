package dev.webhookworker.signature;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/** Ed25519 signatures (RFC 8032) with public keys of 32 bytes as providers hand them out. */
final class Ed25519 {

  static final int KEY_LENGTH = 32;
  private static final int SIGNATURE_LENGTH = 64;

  /** What X.509 writes before the key's bytes (RFC 8410). */
  private static final byte[] X509_START = HexFormat.of().parseHex("302a300506032b6570032100");

  private Ed25519() {}

  /** Whether that key's owner signed the parts one after the other. */
  static boolean isGenuine(byte[] publicKey, byte[] signature, byte[]... parts) {
    if (publicKey.length != KEY_LENGTH || signature.length != SIGNATURE_LENGTH) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key(publicKey));
      for (byte[] part : parts) {
        verifier.update(part);
      }
      return verifier.verify(signature);
    } catch (GeneralSecurityException notASignature) {
      return false;
    }
  }

  private static PublicKey key(byte[] publicKey) throws GeneralSecurityException {
    byte[] encoded = new byte[X509_START.length + KEY_LENGTH];
    System.arraycopy(X509_START, 0, encoded, 0, X509_START.length);
    System.arraycopy(publicKey, 0, encoded, X509_START.length, KEY_LENGTH);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }
}
