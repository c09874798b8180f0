package dev.webhookworker.pairs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.embedded.EmbeddedRedis;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every feature times every fault, on real servers: once the fault is over, each event has ended
 * once, its effect is there once, no attempt was used up by what is not the event's fault, and
 * nothing is left over. No pair is left out: those of a paused tool with a handler's fault, which a
 * paused tool does not run, meet it at the first run after the pause.
 */
@Tag("servers")
class FeaturePairsIT {

  /** They wait most of the time. More of them would need more connections than the server has. */
  private static final int AT_ONCE = 8;

  /** Part of the names of pairs, to run only those. */
  private static final String ONLY = System.getProperty("pairs.only", "");

  @Test
  void whicheverFaultMeetsWhicheverFeatureEachEventEndsOnce() throws Exception {
    List<String> broken = new ArrayList<>();
    Map<Pair, Future<String>> results = new LinkedHashMap<>();
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try (EmbeddedRedis redis = EmbeddedRedis.start();
        EmbeddedPostgresServer postgres = EmbeddedPostgresServer.start()) {
      for (Pair pair : Pair.all()) {
        if (pair.toString().contains(ONLY)) {
          results.put(pair, threads.submit(() -> Situation.run(pair, redis, postgres)));
        }
      }
      for (Map.Entry<Pair, Future<String>> one : results.entrySet()) {
        String wrong = one.getValue().get();
        if (!wrong.isEmpty()) {
          broken.add(one.getKey() + ": " + wrong);
        }
      }
    } finally {
      threads.shutdownNow();
    }
    System.out.println(
        "features and faults: " + results.size() + " combinations, " + broken.size() + " broken");
    assertThat(broken).isEmpty();
    assertThat(results).isNotEmpty();
  }
}
