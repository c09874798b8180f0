package dev.webhookworker.tool;

import dev.webhookworker.ConfigurationException;
import dev.webhookworker.RetryPolicy;
import dev.webhookworker.spi.ToolLimits;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads {@code retry}, {@code timeout} and the limits of a tool or an event rule. */
final class LimitsReader {

  private static final Duration LONGEST = Duration.ofHours(24);
  private static final int MOST = 1_000_000;

  private LimitsReader() {}

  static ToolLimits limits(ConfigObject config) {
    return new ToolLimits(config.number("max_concurrent", 1, MOST), rate(config), breaker(config));
  }

  static @Nullable Duration timeout(ConfigObject config) {
    return config.duration("timeout", LONGEST);
  }

  private static ToolLimits.@Nullable Rate rate(ConfigObject config) {
    if (config.objectNode("rate_limit") == null) {
      return null;
    }
    ConfigObject rate = config.object("rate_limit");
    Integer events = rate.number("events", 1, MOST);
    Duration per = rate.duration("per", LONGEST);
    rate.refuseUnknownFields();
    if (events == null) {
      rate.problem("needs 'events', a number, and may have 'per', a duration (1s)");
      return null;
    }
    return new ToolLimits.Rate(events, per == null ? Duration.ofSeconds(1) : per);
  }

  private static ToolLimits.@Nullable Breaker breaker(ConfigObject config) {
    if (config.objectNode("circuit_breaker") == null) {
      return null;
    }
    ConfigObject breaker = config.object("circuit_breaker");
    Integer failures = breaker.number("failures", 1, 1_000);
    Integer of = breaker.number("of", 1, 1_000);
    Duration pause = breaker.duration("pause", LONGEST);
    breaker.refuseUnknownFields();
    int most = failures == null ? 5 : failures;
    int window = of == null ? most : of;
    if (window < most) {
      breaker.problem("its field 'of' must not be smaller than 'failures'");
      return null;
    }
    return new ToolLimits.Breaker(most, window, pause == null ? Duration.ofSeconds(30) : pause);
  }

  /** The worker's defaults, changed where the configuration says so; null when it says nothing. */
  static @Nullable RetryPolicy retry(ConfigObject config) {
    if (config.objectNode("retry") == null) {
      return null;
    }
    ConfigObject retry = config.object("retry");
    RetryPolicy defaults = RetryPolicy.defaults();
    Integer retries = retry.number("max_retries", 0, 1_000);
    Duration initial = retry.duration("initial_interval", LONGEST);
    Duration max = retry.duration("max_interval", LONGEST);
    Double multiplier = retry.decimal("multiplier");
    Duration elapsed = retry.duration("max_elapsed_time", LONGEST.multipliedBy(30));
    boolean jitter = retry.flag("full_jitter", defaults.fullJitter());
    retry.refuseUnknownFields();
    try {
      return new RetryPolicy(
          Objects.requireNonNullElse(retries, defaults.maxRetries()),
          Objects.requireNonNullElse(initial, defaults.initialInterval()),
          Objects.requireNonNullElse(max, defaults.maxInterval()),
          Objects.requireNonNullElse(multiplier, defaults.multiplier()),
          Objects.requireNonNullElse(elapsed, defaults.maxElapsedTime()),
          jitter,
          defaults.retryAfterLimit());
    } catch (ConfigurationException wrong) {
      wrong.problems().forEach(retry::problem);
      return null;
    }
  }
}
