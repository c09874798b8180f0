package dev.webhookworker.standalone.cli;

/** What the process ends with; docs/command-line.md. */
final class ExitCode {

  static final int OK = 0;

  /** A service failed, or the command could not be carried out. */
  static final int FAILED = 1;

  /** The command line or the configuration is wrong. */
  static final int USAGE = 2;

  /**
   * The command was carried out and found something: a problem, a difference, nothing of that name.
   */
  static final int FOUND = 3;

  private ExitCode() {}
}
