package dev.webhookworker.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FindingsTest {

  private static final Scenario SCENARIO = Scenario.of(Instant.EPOCH);

  private final List<Published> published = new ArrayList<>();
  private final Map<String, Ending> endings = new HashMap<>();
  private final Map<String, Integer> rows = new HashMap<>();

  FindingsTest() {
    for (Planned planned : SCENARIO.waves().stream().flatMap(List::stream).toList()) {
      String entryId = "1-" + published.size();
      published.add(new Published(planned, entryId));
      endings.put(entryId, planned.expected());
      rows.put(entryId, 1);
    }
  }

  private List<String> deviations() {
    return new Findings(endings, rows, List.of(), 0).deviations(published);
  }

  @Test
  void everyKindOfEndIsAmongTheEvents() {
    assertThat(published)
        .extracting(one -> one.planned().expected())
        .contains(Ending.PROCESSED, Ending.RETRIED, Ending.DUPLICATE, Ending.DEAD_LETTER);
    assertThat(SCENARIO.size()).isGreaterThan(300);
  }

  @Test
  void nothingIsReportedWhenAllIsAsItShouldBe() {
    assertThat(deviations()).isEmpty();
  }

  @Test
  void anEventWithoutAnEndIsReported() {
    endings.remove("1-0");
    assertThat(deviations()).containsExactly("1-0 should be PROCESSED and is OPEN");
  }

  @Test
  void anEventThatWasStoredTwiceIsReported() {
    rows.put("1-3", 2);
    assertThat(deviations()).containsExactly("1-3 was stored more than once");
  }
}
