package dev.webhookworker.standalone.cli;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;

/**
 * Shows what would steer a terminal, or turn the direction of text, as a backslash, {@code u} and
 * its number. Ids, types and error texts are chosen by senders. In JSON this is the same text,
 * escaped. For one thread.
 */
final class TerminalWriter extends FilterWriter {

  TerminalWriter(Writer out) {
    super(out);
  }

  @Override
  public void write(int c) throws IOException {
    out.write(safe(String.valueOf((char) c)));
  }

  @Override
  public void write(char[] characters, int from, int length) throws IOException {
    out.write(safe(new String(characters, from, length)));
  }

  @Override
  public void write(String text, int from, int length) throws IOException {
    out.write(safe(text.substring(from, from + length)));
  }

  /** A text that stays on its line. */
  static String line(String text) {
    return safe(text).replace("\r", "\\u000d").replace("\n", "\\u000a");
  }

  private static String safe(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean endsLine =
          c == '\n' || (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n');
      if (steers(c) && !endsLine) {
        safe.append(String.format("\\u%04x", (int) c));
      } else {
        safe.append(c);
      }
    }
    return safe.toString();
  }

  private static boolean steers(char c) {
    int type = Character.getType(c);
    return (type == Character.CONTROL && c != '\t')
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }
}
