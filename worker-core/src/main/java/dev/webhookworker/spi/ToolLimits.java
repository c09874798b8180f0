package dev.webhookworker.spi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much of a tool's events one worker process runs. An event that is over a limit is put off
 * without using up an attempt and without holding a handler.
 *
 * @param maxConcurrent how many run at once, at least 1; null for no limit
 * @param rate how many begin in a time; null for no limit
 * @param breaker when none runs because too many failed; null for never
 */
public record ToolLimits(
    @Nullable Integer maxConcurrent, @Nullable Rate rate, @Nullable Breaker breaker) {

  /** No limits. */
  public static final ToolLimits NONE = new ToolLimits(null, null, null);

  public boolean isNone() {
    return maxConcurrent == null && rate == null && breaker == null;
  }

  public ToolLimits withMaxConcurrent(int most) {
    return new ToolLimits(most, rate, breaker);
  }

  /**
   * @param events at least 1
   * @param per longer than 0
   */
  public record Rate(int events, Duration per) {}

  /**
   * The circuit opens when {@code failures} of the last {@code of} runs failed in a way that may
   * pass (retryable errors, time-outs), stays open for {@code pause}, and then lets one event at a
   * time try until one succeeds.
   */
  public record Breaker(int failures, int of, Duration pause) {}
}
