package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.webhookworker.embedded.EmbeddedRedis;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.RedisClient;

/**
 * The delivery protocol under random schedules. {@code -Dworker.simulation.schedules=1000} runs
 * more of them, {@code -Dworker.simulation.seed=42} begins elsewhere; a failure names its seed.
 */
@Tag("servers")
class ProtocolSimulationIT {

  private static final int SCHEDULES = Integer.getInteger("worker.simulation.schedules", 250);
  private static final long FIRST_SEED = Long.getLong("worker.simulation.seed", 1);
  private static final int SEEDS_TO_NOTICE = 200;

  private static EmbeddedRedis redis;
  private static RedisClient client;
  private static RedisClient ofWorkers;

  @BeforeAll
  static void start() {
    redis = DocumentedUser.server();
    client = RedisClient.create("127.0.0.1", redis.port());
    ofWorkers = RedisClient.create("127.0.0.1", redis.port());
    // One entry a node, so that trimming takes every entry that it may and not whole nodes only.
    client.configSet("stream-node-max-entries", "1");
  }

  @AfterAll
  static void stop() {
    client.close();
    ofWorkers.close();
    redis.close();
  }

  @Test
  void underFaultsNothingIsLostAndNothingIsLeftOver() {
    ProtocolSimulation.Tally tally = new ProtocolSimulation.Tally();
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed++) {
      assertNoViolation(Long.getLong("only", seed), true, tally);
    }
    System.out.println("Simulated with faults: " + tally);
  }

  @Test
  void withoutFaultsNoHandlerRunsTwice() {
    ProtocolSimulation.Tally tally = new ProtocolSimulation.Tally();
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES / 3; seed++) {
      assertNoViolation(seed, false, tally);
    }
    System.out.println("Simulated without faults: " + tally);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aBrokenRuleIsNoticed(BrokenRule broken) {
    ProtocolSimulation.Tally tally = new ProtocolSimulation.Tally();
    for (long seed = 1; seed <= SEEDS_TO_NOTICE; seed++) {
      List<String> violations = violations(seed, true, broken, tally);
      if (!violations.isEmpty()) {
        System.out.println(
            broken + " was noticed by seed " + seed + ": " + violations.get(0) + "; " + tally);
        return;
      }
    }
    fail(broken + " was not noticed in " + SEEDS_TO_NOTICE + " schedules: " + tally);
  }

  private static void assertNoViolation(long seed, boolean faults, ProtocolSimulation.Tally tally) {
    ProtocolSimulation simulation =
        new ProtocolSimulation(client, ofWorkers, seed, faults, BrokenRule.NONE, tally);
    List<String> violations = simulation.run();
    // What is wrong comes first: a report is cut at its end.
    assertThat(violations)
        .as(
            () ->
                "seed " + seed + ": " + violations + "\n" + String.join("\n", simulation.history()))
        .isEmpty();
  }

  private static List<String> violations(
      long seed, boolean faults, BrokenRule broken, ProtocolSimulation.Tally tally) {
    return new ProtocolSimulation(client, ofWorkers, seed, faults, broken, tally).run();
  }
}
