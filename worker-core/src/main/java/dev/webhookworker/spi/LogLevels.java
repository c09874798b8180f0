package dev.webhookworker.spi;

import java.util.Optional;

/**
 * Reads and changes log levels while the process runs: how the operations page reaches the host's
 * logging library, which the worker does not know. Given to {@code WorkerBuilder.logLevels}. Called
 * by several threads.
 */
public interface LogLevels {

  /**
   * The level that a logger has, its own or inherited; empty when it can't be told.
   *
   * @param logger its name; {@code ROOT} for the root
   * @return {@code error}, {@code warn}, {@code info}, {@code debug} or {@code trace}
   */
  Optional<String> level(String logger);

  /**
   * Changes it, in this process and until its end.
   *
   * @param logger its name; {@code ROOT} for the root
   * @param level {@code error}, {@code warn}, {@code info}, {@code debug} or {@code trace}
   */
  void change(String logger, String level);
}
