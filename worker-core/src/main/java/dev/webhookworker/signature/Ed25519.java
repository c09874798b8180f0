package dev.webhookworker.signature;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** Ed25519 signatures (RFC 8032) with keys of 32 bytes as providers hand them out. */
final class Ed25519 {

  static final int KEY_LENGTH = 32;
  private static final int SIGNATURE_LENGTH = 64;

  /** What X.509 writes before the key's bytes (RFC 8410). */
  private static final byte[] X509_START = HexFormat.of().parseHex("302a300506032b6570032100");

  /** What PKCS #8 writes before the seed (RFC 8410). */
  private static final byte[] PKCS8_START =
      HexFormat.of().parseHex("302e020100300506032b657004220420");

  private Ed25519() {}

  /** The signature of the parts one after the other, with the private key's seed of 32 bytes. */
  static byte[] sign(byte[] seed, byte[]... parts) {
    try {
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(new PKCS8EncodedKeySpec(joined(PKCS8_START, seed))));
      for (byte[] part : parts) {
        signer.update(part);
      }
      return signer.sign();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("the JDK can't sign with Ed25519", impossible);
    }
  }

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
    return KeyFactory.getInstance("Ed25519")
        .generatePublic(new X509EncodedKeySpec(joined(X509_START, publicKey)));
  }

  private static byte[] joined(byte[] start, byte[] key) {
    byte[] encoded = Arrays.copyOf(start, start.length + KEY_LENGTH);
    System.arraycopy(key, 0, encoded, start.length, KEY_LENGTH);
    return encoded;
  }
}
