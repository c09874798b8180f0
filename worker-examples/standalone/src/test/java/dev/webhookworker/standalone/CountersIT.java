package dev.webhookworker.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the metrics say against what the database has. */
@Tag("servers")
class CountersIT {

  @RegisterExtension private static final TestBed BED = new TestBed();

  private static final int FINE = 8_000;
  private static final int BROKEN = 400;
  private static final int WITHOUT_TYPE = 200;
  private static final int FAILING = 400;
  private static final int AGAIN = 700;
  private static final int REUSED = 300;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Endpoints endpoints = new Endpoints();

  private static Map<String, String> event(String id, String type, String payload) {
    return Map.of("event_id", id, "event_type", type, "payload", payload);
  }

  @Test
  void countersAgreeWithTheDatabaseAfterTenThousandMixedEvents() {
    BED.worker("counting", endpoints.setting(), "WORKER_MAX_RETRIES=1").awaitConsuming();
    List<Map<String, String>> firsts = new ArrayList<>();
    for (int i = 0; i < FINE; i++) {
      firsts.add(event("fine-" + i, "type-" + i % 20, "{}"));
    }
    for (int i = 0; i < BROKEN; i++) {
      firsts.add(event("broken-" + i, "broken", "{\"a\":"));
    }
    for (int i = 0; i < WITHOUT_TYPE; i++) {
      firsts.add(event("untyped-" + i, "", "{}"));
    }
    for (int i = 0; i < FAILING; i++) {
      firsts.add(event("failing-" + i, "failing", "{\"then\":\"fail\"}"));
    }
    Collections.shuffle(firsts, new Random(7));
    BED.publish(firsts);
    BED.awaitStored(FINE, LIMIT);
    List<Map<String, String>> seconds = new ArrayList<>();
    for (int i = 0; i < AGAIN; i++) {
      seconds.add(event("fine-" + i, "type-" + i % 20, "{}"));
    }
    for (int i = AGAIN; i < AGAIN + REUSED; i++) {
      seconds.add(event("fine-" + i, "type-" + i % 20, "{\"other\":1}"));
    }
    Collections.shuffle(seconds, new Random(8));
    BED.publish(seconds);
    await()
        .atMost(LIMIT)
        .until(() -> BED.deadLetters() == BROKEN + WITHOUT_TYPE + FAILING + REUSED);
    BED.awaitSettled(LIMIT);
    await().atMost(LIMIT).untilAsserted(() -> assertAgreed(Scraped.from(endpoints)));
  }

  private static void assertAgreed(Scraped scraped) {
    assertThat(scraped.sum("hikaricp_connections_max")).isPositive();
    String events = "webhook_events_processed_total";
    assertThat(scraped.sum(events, "outcome=\"processed\""))
        .isEqualTo(count("SELECT count(*) FROM worker.webhook_events"))
        .isEqualTo(FINE);
    assertThat(scraped.sum(events, "outcome=\"processed\"", "event_type=\"type-7\""))
        .isEqualTo(count("SELECT count(*) FROM worker.webhook_events WHERE event_type = 'type-7'"));
    assertThat(scraped.sum(events, "outcome=\"duplicate\""))
        .isEqualTo(lines("duplicate"))
        .isEqualTo(AGAIN);
    assertThat(scraped.sum("webhook_retry_attempts_total"))
        .isEqualTo(lines("retry_scheduled"))
        .isEqualTo(FAILING);
    assertThat(scraped.sum(events, "outcome=\"dead_letter\""))
        .isEqualTo(lines("dead_letter"))
        .isEqualTo(scraped.sum("webhook_dlq_entries_total"))
        .isEqualTo(scraped.sum("webhook_dlq_open"))
        .isEqualTo(scraped.sum("webhook_dlq_drained_total"))
        .isEqualTo(count("SELECT count(*) FROM worker.webhook_dlq"));
    for (String reason : List.of("undecodable", "retries_exhausted", "id_reused")) {
      assertThat(scraped.sum("webhook_dlq_entries_total", "reason=\"" + reason + "\""))
          .as(reason)
          .isPositive()
          .isEqualTo(
              count("SELECT count(*) FROM worker.webhook_dlq WHERE reason = '" + reason + "'"));
    }
    assertThat(scraped.sum("webhook_events_received_total"))
        .isEqualTo(FINE + BROKEN + WITHOUT_TYPE + 2 * FAILING + AGAIN + REUSED);
    assertThat(scraped.sum("webhook_event_processing_duration_seconds_count")).isEqualTo(FINE);
    assertThat(scraped.sum("webhook_queue_depth") + scraped.sum("webhook_events_held")).isZero();
  }

  private static double lines(String action) {
    return count("SELECT count(*) FROM worker.webhook_audit_log WHERE action = '" + action + "'");
  }

  private static double count(String query) {
    return Double.parseDouble(BED.column(query).get(0));
  }
}
