package dev.webhookworker.memory;

import dev.webhookworker.port.DestinationFailures;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Since when destinations fail, by the same rules as on Redis. Thread-safe. */
final class InMemoryDestinationFailures implements DestinationFailures {

  private final Clock clock;

  // Guarded by this.
  private final Map<Name, Failing> failing = new HashMap<>();

  private record Failing(Instant since, Instant forgottenAt, Optional<Instant> disabledAt) {}

  InMemoryDestinationFailures(Clock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized Standing of(Name destination) {
    return current(destination)
        .map(known -> new Standing(true, known.disabledAt()))
        .orElse(Standing.GOOD);
  }

  @Override
  public synchronized Duration failed(Name destination, Duration forgottenAfter) {
    Instant now = clock.instant();
    Optional<Failing> known = current(destination);
    Instant since = known.map(Failing::since).orElse(now);
    failing.put(
        destination,
        new Failing(since, now.plus(forgottenAfter), known.flatMap(Failing::disabledAt)));
    return Duration.between(since, now);
  }

  @Override
  public synchronized boolean disable(Name destination) {
    Instant now = clock.instant();
    Optional<Failing> known = current(destination);
    if (known.flatMap(Failing::disabledAt).isPresent()) {
      return false;
    }
    Instant since = known.map(Failing::since).orElse(now);
    failing.put(destination, new Failing(since, Instant.MAX, Optional.of(now)));
    return true;
  }

  @Override
  public synchronized boolean clear(Name destination) {
    Failing removed = failing.remove(destination);
    return removed != null && removed.disabledAt().isPresent();
  }

  private Optional<Failing> current(Name destination) {
    return Optional.ofNullable(failing.get(destination))
        .filter(
            known ->
                known.disabledAt().isPresent() || known.forgottenAt().isAfter(clock.instant()));
  }
}
