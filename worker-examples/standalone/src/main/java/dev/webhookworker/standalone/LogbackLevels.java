package dev.webhookworker.standalone;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.webhookworker.spi.LogLevels;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** The levels of this process' loggers. Thread-safe. */
final class LogbackLevels implements LogLevels {

  @Override
  public Optional<String> level(String logger) {
    return LoggerFactory.getLogger(logger) instanceof Logger found
        ? Optional.of(found.getEffectiveLevel().toString().toLowerCase(Locale.ROOT))
        : Optional.empty();
  }

  @Override
  public void change(String logger, String level) {
    if (LoggerFactory.getLogger(logger) instanceof Logger found) {
      found.setLevel(Level.toLevel(level));
    }
  }
}
