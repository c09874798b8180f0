package dev.webhookworker.standalone;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * LOG_LEVEL and LOG_FORMAT as {@code logback.xml} reads them. Has to be applied before the first
 * logger is made.
 *
 * @param level a level that Logback knows
 * @param format name of an appender
 * @param problem what is wrong with LOG_FORMAT; null when nothing is. (LOG_LEVEL is checked with
 *     the worker's other settings.)
 */
record LogSettings(String level, String format, @Nullable String problem) {

  private static final Set<String> LEVELS = Set.of("error", "warn", "info", "debug", "trace");
  private static final Set<String> FORMATS = Set.of("text", "json");

  static LogSettings of(Map<String, String> environment) {
    String level = value(environment, "LOG_LEVEL").filter(LEVELS::contains).orElse("info");
    String format = value(environment, "LOG_FORMAT").orElse("text");
    return FORMATS.contains(format)
        ? new LogSettings(level, format, null)
        : new LogSettings(
            level, "text", "LOG_FORMAT is '" + format + "': expected one of [json, text]");
  }

  /** A command's output is its result: only errors are logged unless LOG_LEVEL asks for more. */
  static LogSettings ofCommand(Map<String, String> environment) {
    LogSettings settings = of(environment);
    return value(environment, "LOG_LEVEL").isPresent()
        ? settings
        : new LogSettings("error", settings.format(), settings.problem());
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .map(text -> text.trim().toLowerCase(Locale.ROOT))
        .filter(text -> !text.isEmpty());
  }

  void apply() {
    System.setProperty("worker.log.level", level);
    System.setProperty("worker.log.format", format);
    // The libraries' own life-cycle lines repeat what the worker says; errors are wanted always.
    boolean detailed = level.equals("debug") || level.equals("trace");
    System.setProperty("worker.log.libraries", detailed || level.equals("error") ? level : "warn");
    System.setProperty("worker.log.pool", detailed ? level : "error");
  }
}
