package dev.webhookworker.spi;

/**
 * What a check of the surroundings found; {@code doctor} shows it.
 *
 * @param check what was looked at, e.g. {@code redis.group}
 * @param status how it is
 * @param message one sentence without secrets
 * @param advice what to do, empty when nothing is
 */
public record Finding(String check, Status status, String message, String advice) {

  /** How bad it is. */
  public enum Status {
    OK,
    WARNING,
    PROBLEM
  }

  public static Finding ok(String check, String message) {
    return new Finding(check, Status.OK, message, "");
  }

  public static Finding warning(String check, String message, String advice) {
    return new Finding(check, Status.WARNING, message, advice);
  }

  public static Finding problem(String check, String message, String advice) {
    return new Finding(check, Status.PROBLEM, message, advice);
  }
}
