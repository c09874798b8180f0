package dev.webhookworker.signature;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** How a signature is written into a header. */
enum SignatureEncoding {
  HEX {
    @Override
    byte[] bytes(String text) {
      return HexFormat.of().parseHex(text);
    }
  },
  BASE64 {
    @Override
    byte[] bytes(String text) {
      return Base64.getDecoder().decode(text);
    }
  };

  abstract byte[] bytes(String text);

  /** The bytes; empty when the text is not of that encoding. */
  Optional<byte[]> decode(String text) {
    try {
      return Optional.of(bytes(text));
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }
}
