package dev.webhookworker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.spi.WorkerListener;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What docs/input.md promises about input that means harm, through the whole worker. */
class HostileInputTest {

  private static final String FORGED = "\n2026-01-01 ERROR forged \u2028line\u202E\u0000\u001B[31m";

  private final InMemoryModule memory = InMemoryModule.create();
  private final List<String> labels = new CopyOnWriteArrayList<>();

  private Worker worker(dev.webhookworker.spi.EventHandler handler) throws Exception {
    Worker worker =
        Worker.builder()
            .discovery(false)
            .install(memory)
            .config(WorkerConfig.builder().blockTimeout(Duration.ofMillis(5)).build())
            .listener(
                new WorkerListener() {
                  @Override
                  public void received(String eventType, boolean retry) {
                    labels.add(eventType);
                  }

                  @Override
                  public void deadLettered(String eventType, String reason) {
                    labels.add(eventType);
                  }
                })
            .processor("*", handler)
            .build();
    worker.start();
    return worker;
  }

  private static String quoted(String text) {
    return Json.MAPPER.getNodeFactory().textNode(text).toString();
  }

  @Test
  void nothingOfAnEventBreaksALogLineOrALabel() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger("dev.webhookworker");
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    root.addAppender(appender);
    AtomicReference<Map<String, String>> mdc = new AtomicReference<>();
    try (Worker worker =
        worker(
            (event, context) -> {
              mdc.set(MDC.getCopyOfContextMap());
              throw new NonRetryableException("refused: " + event.payload());
            })) {
      memory.publish(
          Map.of(
              "event_id", "1",
              "event_type", "push",
              "payload", "{\"a\":" + quoted(FORGED) + "}",
              "auth_context", "{\"tenant_id\":" + quoted(FORGED) + "}",
              "metadata", "{\"correlation_id\":" + quoted(FORGED) + "}"));
      memory.publish(
          Map.of(
              "event_id", "2",
              "event_type", "push",
              "payload", "{}",
              "metadata", "{\"tool_id\":" + quoted(FORGED) + "}"));
      memory.publish(
          Map.of(
              "event_id", "3",
              "event_type", "push",
              "payload", "{}",
              "metadata", "{\"tool_config\":{\"id\":" + quoted(FORGED) + "}}"));
      memory.publish(Map.of("event_id", "4", "event_type", FORGED, "payload", "{}"));
      memory.publish(Map.of("event_id", FORGED, "event_type", "x".repeat(5000), "payload", "{}"));
      await().until(() -> memory.deadLetters().size() == 5);
    } finally {
      root.detachAppender(appender);
    }
    assertThat(mdc.get()).isNotEmpty().allSatisfy((key, value) -> assertIsOneLine(value));
    assertThat(labels).containsOnly("push", "");
    PatternLayout layout = new PatternLayout();
    layout.setContext(root.getLoggerContext());
    layout.setPattern("%logger %msg %kvp %mdc");
    layout.start();
    assertThat(appender.list).hasSizeGreaterThanOrEqualTo(5);
    assertThat(List.copyOf(appender.list))
        .allSatisfy(
            line -> {
              assertIsOneLine(line.getFormattedMessage());
              if (line.getKeyValuePairs() != null) {
                line.getKeyValuePairs()
                    .forEach(pair -> assertIsOneLine(String.valueOf(pair.value)));
              }
            });
    assertThat(memory.deadLetters()).allSatisfy(dead -> assertIsOneLine(dead.message()));
  }

  private static void assertIsOneLine(String text) {
    assertThat(text.chars().noneMatch(c -> InputRules.breaksLine((char) c))).as(text).isTrue();
  }

  @Test
  void numbersKeepTheirValueHoweverLarge() {
    String digits = "1234567890".repeat(50);
    WebhookEvent event =
        WebhookEvent.of(
            "1",
            "x",
            "{\"n\":" + digits + ",\"d\":0.1000000000000000055511151231257827,\"e\":1e400}");
    assertThat(event.payload().get("n").bigIntegerValue()).isEqualTo(new BigInteger(digits));
    assertThat(event.payload().get("d").decimalValue())
        .isEqualTo(new BigDecimal("0.1000000000000000055511151231257827"));
    assertThat(event.payload().get("e").decimalValue()).isEqualTo(new BigDecimal("1e400"));
    assertThat(event.withPayload(event.payload()).rawPayload())
        .contains(digits, "0.1000000000000000055511151231257827", "1E+400");
  }

  @Test
  void ofDuplicateKeysTheLastCountsAndAllAreKept() {
    WebhookEvent event = WebhookEvent.of("1", "x", "{\"a\":1,\"a\":2}");
    assertThat(event.payload().get("a").asInt()).isEqualTo(2);
    assertThat(event.rawPayload()).isEqualTo("{\"a\":1,\"a\":2}");
  }

  @ParameterizedTest
  @ValueSource(ints = {1001, 1_000_000})
  void aNumberThatCostsMoreThanItsBytesIsNoEvent(int digits) throws Exception {
    try (Worker worker = worker((event, context) -> event.payload())) {
      for (String number : List.of("9".repeat(digits), "0." + "9".repeat(digits))) {
        memory.publish("1", "push", "{\"n\":" + number + "}");
      }
      await().until(() -> memory.deadLetters().size() == 2);
    }
    assertThat(memory.deadLetters())
        .allSatisfy(
            dead -> {
              assertThat(dead.reason()).isEqualTo("undecodable");
              assertThat(dead.message()).contains("1000 characters");
            });
  }

  @Test
  void aControlCharacterInAPayloadIsKept() {
    WebhookEvent event = WebhookEvent.of("1", "x", "\"\\u0000\\u001b\\ud800\"");
    assertThat(event.payload().textValue()).isEqualTo("\u0000\u001B\uD800");
  }
}
