package dev.webhookworker.retry;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.webhookworker.foreign.ForeignCode;
import dev.webhookworker.pipeline.InputRules;
import java.util.regex.Pattern;

/**
 * Makes an error message fit to be kept and shown: without credentials, on one line, short. What
 * looks like a secret goes even where it is none.
 */
public final class Redaction {

  /** Longest message kept, in characters. */
  public static final int MAX_LENGTH = 500;

  private static final int MAX_INPUT = 8 * 1024;

  private static final Pattern URL_USER_INFO = Pattern.compile("(\\w{2,20}://)[^\\s/@]{1,500}@");
  private static final Pattern AUTHORIZATION =
      Pattern.compile("(?i)\\b(bearer|basic|token)\\s+[A-Za-z0-9._~+/=-]{6,}");
  private static final Pattern KEY_VALUE =
      Pattern.compile(
          "(?i)([\\w-]{0,40}(?:password|passwd|pwd|secret|token|api[_-]?key|authorization|signature"
              + "|credential|private[_-]?key|(?<![A-Za-z])sig(?![A-Za-z]))[\\w-]{0,40}\\\\?[\"']?"
              + "\\s{0,3}[=:]\\s{0,3})"
              + "(\\\\\"[^\"]{0,2000}\"|\"[^\"]{0,2000}\"|'[^']{0,2000}'|[^\\s,;&\"']{1,2000})");
  private static final Pattern KNOWN_TOKENS =
      Pattern.compile(
          "\\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\\w{20,}|glpat-[\\w-]{15,}"
              + "|[sr]k_(?:live|test)_\\w{10,}|wh(?:sec|sk)_[\\w+/=-]{10,}|xox[abprs]-[\\w-]{10,}"
              + "|AKIA[A-Z0-9]{12,}|eyJ[\\w-]{8,}\\.[\\w-]{8,}\\.?[\\w-]*)");

  private static final Pattern COOKIE =
      Pattern.compile("(?i)\\b((?:set-)?cookie[\"']?\\s{0,3}[=:]\\s{0,3})[^\\r\\n]{1,8192}");
  private static final Pattern PEM =
      Pattern.compile(
          "-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\\s\\S]{0,8192}?"
              + "(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)");

  private Redaction() {}

  /** The message of an error, its class name when it has none. Never throws. */
  public static String messageOf(Throwable error) {
    return ForeignCode.ask(error, error.getClass().getName(), () -> told(error));
  }

  private static String told(Throwable error) {
    if (error instanceof JsonProcessingException json) {
      // Its message quotes the text that could not be read, which may be a payload.
      return json.getLocation() == null
          ? "JSON can't be read"
          : "JSON can't be read at byte " + json.getLocation().getByteOffset();
    }
    String message = error.getMessage();
    return message == null || message.isBlank() ? error.getClass().getName() : redact(message);
  }

  public static String redact(String text) {
    String clean = text.length() > MAX_INPUT ? text.substring(0, MAX_INPUT) : text;
    if (clean.contains("://")) {
      clean = URL_USER_INFO.matcher(clean).replaceAll("$1***@");
    }
    if (clean.contains("-----BEGIN")) {
      clean = PEM.matcher(clean).replaceAll("***");
    }
    clean = COOKIE.matcher(clean).replaceAll("$1***");
    clean = AUTHORIZATION.matcher(clean).replaceAll("$1 ***");
    if (clean.indexOf('=') >= 0 || clean.indexOf(':') >= 0) {
      clean = KEY_VALUE.matcher(clean).replaceAll("$1***");
    }
    clean = KNOWN_TOKENS.matcher(clean).replaceAll("***");
    return oneLine(clean);
  }

  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(Math.min(text.length(), MAX_LENGTH) + 1);
    for (int i = 0; i < text.length() && line.length() < MAX_LENGTH; i++) {
      char c = text.charAt(i);
      line.append(InputRules.breaksLine(c) ? ' ' : c);
    }
    if (text.length() > line.length()) {
      line.append('…');
    }
    return line.toString();
  }
}
