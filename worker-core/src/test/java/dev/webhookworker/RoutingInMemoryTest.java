package dev.webhookworker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.spi.EventProcessor;
import dev.webhookworker.spi.ProcessingContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class RoutingInMemoryTest {

  private static final String TOOL =
      """
      {"tool_config": {"id": "t", "webhook_config": {"routes": [
        {"if": {"all": [{"source": "/event_type", "in": ["order.paid", "order.sent"]},
                        {"source": "payload.total", "equals": 7}]}, "processors": ["billing"]},
        {"if": {"source": "/payload/test", "exists": true}, "processors": ["nobody"]}]}}}
      """;

  private final InMemoryModule memory = InMemoryModule.create();
  private final List<String> ran = new CopyOnWriteArrayList<>();

  private record Named(String name, List<String> ran) implements EventProcessor {
    @Override
    public void process(WebhookEvent event, ProcessingContext context) {
      ran.add(event.eventId() + " " + name);
    }
  }

  private void publish(String id, String type, String payload) {
    memory.publish(
        Map.of("event_id", id, "event_type", type, "payload", payload, "metadata", TOOL));
  }

  @Test
  void theFirstRouteWhoseConditionHoldsChoosesTheProcessors() throws Exception {
    try (Worker worker =
        Worker.builder()
            .discovery(false)
            .install(memory)
            .config(WorkerConfig.builder().blockTimeout(Duration.ofMillis(10)).build())
            .processor(new Named("billing", ran))
            .processor(new Named("audit", ran))
            .build()) {
      worker.start();
      publish("1", "order.paid", "{\"total\": 7.0, \"test\": true}");
      publish("2", "order.paid", "{\"total\": 8, \"test\": true}");
      publish("3", "order.made", "{\"total\": 7}");
      await().untilAsserted(() -> assertThat(worker.stats().processed()).isEqualTo(3));
      // No processor of the second route is there: the event is stored in its tool's mode.
      assertThat(ran).containsExactlyInAnyOrder("1 billing", "3 billing", "3 audit");
    }
  }
}
