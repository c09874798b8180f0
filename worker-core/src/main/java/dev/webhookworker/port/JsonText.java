package dev.webhookworker.port;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Text as the bytes it was received in or as a string, whichever it was made of; the other form is
 * made when it is asked for, so that what is only passed on is never decoded. Immutable as long as
 * nobody changes the bytes; thread-safe.
 */
public final class JsonText {

  private final byte @Nullable [] received;

  // Decoded on demand; racing threads compute equal values.
  private volatile @Nullable String text;

  private JsonText(byte @Nullable [] received, @Nullable String text) {
    this.received = received;
    this.text = text;
  }

  /**
   * @param utf8 shared, not copied
   */
  public static JsonText of(byte[] utf8) {
    return new JsonText(utf8, null);
  }

  public static JsonText of(String text) {
    return new JsonText(null, text);
  }

  /** The text in UTF-8; must not be changed. */
  public byte[] bytes() {
    return received == null ? utf8(text()) : received;
  }

  /** Half of a surrogate pair has no UTF-8: it stays as the escape that it was received as. */
  private static byte[] utf8(String text) {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException loneSurrogates) {
      return escaped(text).getBytes(StandardCharsets.UTF_8);
    }
  }

  private static String escaped(String text) {
    StringBuilder all = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            point -> {
              if (point <= Character.MAX_VALUE && Character.isSurrogate((char) point)) {
                all.append(String.format("\\u%04x", point));
              } else {
                all.appendCodePoint(point);
              }
            });
    return all.toString();
  }

  public String text() {
    String known = text;
    if (known == null) {
      known = new String(Objects.requireNonNull(received), StandardCharsets.UTF_8);
      text = known;
    }
    return known;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof JsonText that && that.text().equals(text());
  }

  @Override
  public int hashCode() {
    return text().hashCode();
  }

  /** Not the text: it may be a payload. */
  @Override
  public String toString() {
    return "JsonText";
  }
}
