package dev.webhookworker.signature;

import dev.webhookworker.Secret;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Proofs that the worker itself gives. */
public final class Signing {

  private Signing() {}

  /** The HMAC-SHA256 of a text, in lower-case hexadecimal digits. */
  public static String hmacSha256Hex(Secret secret, String text) {
    return HexFormat.of()
        .formatHex(HmacAlgorithm.SHA256.hash(secret, text.getBytes(StandardCharsets.UTF_8)));
  }
}
