package dev.webhookworker.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds variables that are no setting but look like one. */
final class NearestNames {

  /** Kubernetes injects REDIS_PORT and the like for services: only near misses are meant. */
  private static final int NEAR_MISS = 2;

  private final Set<String> known;

  NearestNames(Set<String> known) {
    this.known = known;
  }

  List<String> hints(Collection<String> names) {
    List<String> hints = new ArrayList<>();
    for (String name : new TreeSet<>(names)) {
      if (known.contains(name)) {
        continue;
      }
      Optional<String> nearest = nearest(name);
      int distance = nearest.map(other -> distance(name, other)).orElse(Integer.MAX_VALUE);
      boolean ours = name.startsWith("WORKER_");
      boolean nearMiss =
          distance <= NEAR_MISS
              && (name.startsWith("REDIS_")
                  || name.startsWith("DATABASE_")
                  || name.startsWith("INGEST_"));
      if (ours || nearMiss) {
        hints.add(
            name
                + " is no setting and has no effect"
                + nearest.map(other -> "; did you mean " + other + "?").orElse(""));
      }
    }
    return hints;
  }

  private Optional<String> nearest(String name) {
    return known.stream()
        .min((one, other) -> Integer.compare(distance(name, one), distance(name, other)));
  }

  /** Levenshtein's edit distance. */
  static int distance(String one, String other) {
    int[] previous = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] current = new int[other.length() + 1];
      current[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int replace = previous[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replace, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[other.length()];
  }
}
