package dev.webhookworker.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.ToolLimitState;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.spi.ProcessingMode;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.WorkerListener;
import dev.webhookworker.tool.ToolConfigs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
  void aThousandEventsThatAreHeldBackComeAgainSpreadOverSomeSeconds() throws Exception {
    ToolConfig tool = tool("{\"max_concurrent\":1}");
    Entry running = gates.enter(tool, "push");
    assertThat(running).isInstanceOf(Entry.Passed.class);
    int[] tenths = new int[51];
    for (int i = 0; i < 1_000; i++) {
      Duration delay = delayOf(gates.enter(tool, "push"));
      assertThat(delay).isBetween(Duration.ofMillis(20), Duration.ofSeconds(5));
      tenths[(int) (delay.toMillis() / 100)]++;
    }
    assertThat(Arrays.stream(tenths).max().orElseThrow()).isLessThan(100);
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
