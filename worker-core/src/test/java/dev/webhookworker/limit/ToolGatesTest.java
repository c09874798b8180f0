package dev.webhookworker.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.ToolLimitState;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.port.Waking;
import dev.webhookworker.spi.ProcessingMode;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.WorkerListener;
import dev.webhookworker.tool.ToolConfigs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class ToolGatesTest {

  private final List<String> facts = new CopyOnWriteArrayList<>();
  private final WorkerListener listener =
      new WorkerListener() {
        @Override
        public void circuitChanged(String toolId, String state) {
          facts.add(toolId + " " + state);
        }
      };
  private final ToolGates gates = new ToolGates(0, listener);

  private static ToolConfig tool(String webhookConfig) throws Exception {
    return ToolConfigs.fromJson(
        Json.MAPPER.readTree("{\"id\":\"t\",\"webhook_config\":" + webhookConfig + "}"));
  }

  private static Duration delayOf(Entry entry) {
    assertThat(entry).isInstanceOf(Entry.HeldBack.class);
    return ((Entry.HeldBack) entry).delay();
  }

  private static ToolConfig inline(int number) throws Exception {
    return tool("{\"max_concurrent\":1000}").withId("inline:" + number);
  }

  @Test
  void inlineToolsShareOneLimitWhateverTheyCallThemselvesAndSayOfTheirs() throws Exception {
    ToolGates limited = new ToolGates(2, listener);
    Permit first = ((Entry.Passed) limited.enter(inline(1), "push")).permit();
    assertThat(limited.enter(inline(2), "push")).isInstanceOf(Entry.Passed.class);
    for (int i = 3; i < 100; i++) {
      assertThat(limited.enter(inline(i), "push"))
          .isInstanceOfSatisfying(
              Entry.HeldBack.class, held -> assertThat(held.parkedAt()).isEqualTo("inline%3A"));
    }
    assertThat(limited.enter(tool("{}"), "push")).isInstanceOf(Entry.Passed.class);
    first.leave(Ending.SUCCESS);
    assertThat(limited.enter(inline(100), "push")).isInstanceOf(Entry.Passed.class);
    assertThat(limited.enter(inline(101), "push")).isInstanceOf(Entry.HeldBack.class);
  }

  @Test
  void thousandsOfInlineToolsMakeNobodyForgetALimit() throws Exception {
    ToolConfig tool = tool("{\"max_concurrent\":1}");
    assertThat(gates.enter(tool, "push")).isInstanceOf(Entry.Passed.class);
    for (int i = 0; i < 25_000; i++) {
      assertThat(gates.enter(inline(i), "push")).isInstanceOf(Entry.Passed.class);
    }
    assertThat(gates.enter(tool, "push")).isInstanceOf(Entry.HeldBack.class);
    assertThat(gates.states()).hasSizeLessThanOrEqualTo(1_001);
  }

  @Test
  void asManyEventsOfAToolRunAsMayAndAnotherOneWhenOneHasEnded() throws Exception {
    ToolConfig tool = tool("{\"max_concurrent\":2}");
    assertThat(gates.enter(tool, "push")).isInstanceOf(Entry.Passed.class);
    Permit second = ((Entry.Passed) gates.enter(tool, "push")).permit();
    assertThat(gates.enter(tool, "push")).isInstanceOf(Entry.HeldBack.class);
    assertThat(gates.states())
        .singleElement()
        .satisfies(
            state -> {
              assertThat(state.running()).isEqualTo(2);
              assertThat(state.maxConcurrent()).hasValue(2);
              assertThat(state.heldBack()).isEqualTo(1);
            });
    second.leave(Ending.SUCCESS);
    assertThat(gates.enter(tool, "push")).isInstanceOf(Entry.Passed.class);
  }

  @Test
  void ofAThousandEventsThatAreHeldBackAFewHaveTheirTurnSoonAndTheRestIsParked() throws Exception {
    ToolConfig tool = tool("{\"max_concurrent\":1}");
    Entry running = gates.enter(tool, "push");
    assertThat(running).isInstanceOf(Entry.Passed.class);
    int parked = 0;
    for (int i = 0; i < 1_000; i++) {
      Entry.HeldBack heldBack = (Entry.HeldBack) gates.enter(tool, "push");
      if (heldBack.parkedAt() == null) {
        assertThat(heldBack.delay()).isBetween(Duration.ofMillis(20), Duration.ofSeconds(5));
      } else {
        assertThat(heldBack.parkedAt()).isEqualTo("t");
        assertThat(heldBack.delay()).isBetween(Duration.ofMinutes(20), Duration.ofMinutes(40));
        parked++;
      }
    }
    assertThat(parked).isBetween(940, 960);
  }

  private void park(ToolConfig tool) {
    for (int i = 0; i < 1_000; i++) {
      gates.enter(tool, "push");
    }
  }

  @Test
  void whatIsParkedAtAnUnknownPlaceSendsOneAheadNowAndThen() {
    assertThat(gates.wakings(Set.of("t")).now()).containsExactly(Waking.now("t", 1));
    assertThat(gates.wakings(Set.of("t")).now()).isEmpty();
    assertThat(gates.wakings(Set.of()).now()).isEmpty();
  }

  @Test
  void ofAPausedToolOneIsSentAheadUntilItPassesThenAllAreWoken() throws Exception {
    ToolConfig paused = tool("{\"paused\":true}");
    park(paused);
    assertThat(gates.wakings(Set.of("t")).now()).containsExactly(Waking.now("t", 1));
    gates.enter(paused, "push");
    assertThat(gates.wakings(Set.of("t")).now()).isEmpty();
    gates.enter(tool("{}"), "push");
    assertThat(gates.wakings(Set.of("t")).now())
        .singleElement()
        .satisfies(waking -> assertThat(waking.most()).isGreaterThanOrEqualTo(1_000));
  }

  @Test
  void ofAToolThatIsPausedHereAloneNoneIsWokenHere() throws Exception {
    gates.pause("t");
    park(tool("{}"));
    assertThat(gates.wakings(Set.of("t")).now()).isEmpty();
    gates.resume("t");
    assertThat(gates.wakings(Set.of("t")).now()).isNotEmpty();
  }

  @Test
  void oneIsWokenWheneverThePaceAllowsIt() throws Exception {
    ToolConfig tool = tool("{\"rate_limit\":{\"events\":2,\"per\":\"1s\"}}");
    park(tool);
    gates.wakings(Set.of("t"));
    // All turns of the next seconds are promised.
    await().atMost(Duration.ofSeconds(9)).until(() -> !gates.wakings(Set.of("t")).now().isEmpty());
    Wakings next = gates.wakings(Set.of("t"));
    assertThat(next.now()).isEmpty();
    assertThat(next.next()).isBetween(Duration.ofMillis(200), Duration.ofMillis(500));
    await().atMost(Duration.ofSeconds(3)).until(() -> !gates.wakings(Set.of("t")).now().isEmpty());
  }

  @Test
  void ofAnOpenCircuitNoneIsWoken() throws Exception {
    ToolConfig tool = tool("{\"circuit_breaker\":{\"failures\":1,\"of\":1,\"pause\":\"5s\"}}");
    ((Entry.Passed) gates.enter(tool, "push")).permit().leave(Ending.FAILURE);
    park(tool);
    assertThat(gates.wakings(Set.of("t")).now()).isEmpty();
  }

  @Test
  void eventsOfARuleWithALimitAreParkedApart() throws Exception {
    ToolConfig tool = tool("{\"events\":[{\"event_type\":\"push\",\"max_concurrent\":1}]}");
    Entry last = gates.enter(tool, "push");
    for (int i = 0; i < 200; i++) {
      last = gates.enter(tool, "push");
    }
    assertThat(((Entry.HeldBack) last).parkedAt()).isEqualTo("t:push");
  }

  @Test
  void aRateLimitSpreadsRunsEvenlyAndSaysWhenTheNextOneMayBegin() throws Exception {
    ToolConfig tool = tool("{\"rate_limit\":{\"events\":2,\"per\":\"1s\"}}");
    assertThat(gates.enter(tool, "push")).isInstanceOf(Entry.Passed.class);
    List<Duration> delays = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      delays.add(delayOf(gates.enter(tool, "push")));
    }
    assertThat(delays).isSorted();
    assertThat(delays.get(3)).isBetween(Duration.ofMillis(1_500), Duration.ofMillis(2_100));
  }

  @Test
  void aCircuitOpensTriesOneEventAndCloses() throws Exception {
    ToolConfig tool = tool("{\"circuit_breaker\":{\"failures\":3,\"pause\":\"100ms\"}}");
    for (int i = 0; i < 3; i++) {
      ((Entry.Passed) gates.enter(tool, "push")).permit().leave(Ending.FAILURE);
    }
    assertThat(delayOf(gates.enter(tool, "push"))).isLessThanOrEqualTo(Duration.ofMillis(100));
    assertThat(gates.states()).extracting(ToolLimitState::circuit).hasToString("[Optional[open]]");
    Entry trial =
        await().until(() -> gates.enter(tool, "push"), entry -> entry instanceof Entry.Passed);
    assertThat(gates.enter(tool, "push")).isInstanceOf(Entry.HeldBack.class);
    ((Entry.Passed) trial).permit().leave(Ending.SUCCESS);
    assertThat(gates.enter(tool, "push")).isInstanceOf(Entry.Passed.class);
    assertThat(facts).containsExactly("t open", "t half_open", "t closed");
  }

  @Test
  void aLimitOfAnEventRuleCountsForItsEventsAlone() throws Exception {
    ToolConfig tool =
        tool(
            "{\"max_concurrent\":1,\"events\":[{\"event_type\":\"push\",\"max_concurrent\":1},"
                + "{\"event_type\":\"issues.*\"}]}");
    assertThat(gates.enter(tool, "push")).isInstanceOf(Entry.Passed.class);
    assertThat(gates.enter(tool, "push")).isInstanceOf(Entry.HeldBack.class);
    assertThat(gates.enter(tool, "issues.opened")).isInstanceOf(Entry.Passed.class);
    assertThat(gates.enter(tool, "other")).isInstanceOf(Entry.HeldBack.class);
  }

  @Test
  void theWorkersOwnLimitHoldsForEachToolButTheDefaultOne() {
    ToolGates limited = new ToolGates(1, WorkerListener.NOOP);
    ToolConfig one = ToolConfig.of("one", ProcessingMode.STORE_ONLY);
    assertThat(limited.enter(one, "push")).isInstanceOf(Entry.Passed.class);
    assertThat(limited.enter(one, "push")).isInstanceOf(Entry.HeldBack.class);
    assertThat(limited.enter(ToolConfig.of("two", ProcessingMode.STORE_ONLY), "push"))
        .isInstanceOf(Entry.Passed.class);
    for (int i = 0; i < 3; i++) {
      assertThat(limited.enter(ToolConfig.DEFAULT, "push"))
          .isEqualTo(new Entry.Passed(Permit.UNLIMITED));
    }
  }

  @Test
  void aToolThatIsChangedHasItsNewLimitAtOnce() throws Exception {
    ToolConfig before = tool("{\"max_concurrent\":1}");
    Permit running = ((Entry.Passed) gates.enter(before, "push")).permit();
    ToolConfig after = tool("{\"max_concurrent\":2}");
    assertThat(gates.enter(after, "push")).isInstanceOf(Entry.Passed.class);
    running.leave(Ending.SUCCESS);
    assertThat(gates.enter(after, "push")).isInstanceOf(Entry.Passed.class);
    assertThat(gates.enter(after, "push")).isInstanceOf(Entry.HeldBack.class);
  }
}
