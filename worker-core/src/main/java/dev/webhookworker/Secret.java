package dev.webhookworker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** A value that never shows itself: {@link #toString()} is {@code ***}. Thread-safe. */
public final class Secret {

  private final @Nullable Path file;

  // What was read last, where it is in a file.
  private volatile String value;

  private Secret(String value, @Nullable Path file) {
    this.value = value;
    this.file = file;
  }

  public static Secret of(String value) {
    return new Secret(value, null);
  }

  /**
   * The content of a file without the white space at its end. It is read again each time that it is
   * asked for, because mounted secrets are rotated; while it is empty or can't be read, it is what
   * was read last.
   */
  public static Secret ofFile(Path file) throws IOException {
    return new Secret(read(file), file);
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file).stripTrailing();
  }

  /** The value; not to be logged or put into a message. */
  public String reveal() {
    if (file != null) {
      try {
        String now = read(file);
        value = now.isEmpty() ? value : now;
      } catch (IOException beingReplaced) {
        return value;
      }
    }
    return value;
  }

  /** The text with {@code ***} in place of each occurrence of the value: for others' messages. */
  public String hideIn(String text) {
    return value.isEmpty() ? text : text.replace(value, "***");
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Secret secret
        && MessageDigest.isEqual(
            value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int hashCode() {
    return 0;
  }

  @Override
  public String toString() {
    return "***";
  }
}
