package dev.webhookworker.ops;

import dev.webhookworker.NonRetryableException;
import dev.webhookworker.OpsSettings;
import dev.webhookworker.Secret;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.spi.LogLevels;
import dev.webhookworker.spi.WorkerModule;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** A worker in memory with an operations page, whose events fail while they are told to. */
final class OpsStageInMemory implements AutoCloseable {

  static final String OPERATOR = "operator-token-of-this-test";
  static final String VIEWER = "viewer-token-of-this-test-";

  final InMemoryModule memory = InMemoryModule.create();
  final AtomicBoolean failing = new AtomicBoolean();
  final Map<String, String> levels = new ConcurrentHashMap<>();
  final Worker worker;

  private OpsStageInMemory(WorkerModule... first) {
    WorkerConfig config =
        WorkerConfig.builder()
            .consumerName("alone")
            .healthEndpoint(new InetSocketAddress("127.0.0.1", 0))
            .blockTimeout(Duration.ofMillis(20))
            .maintenanceInterval(Duration.ofMillis(100))
            .ops(OpsSettings.OFF.withTokens(Secret.of(OPERATOR), Secret.of(VIEWER)))
            .build();
    var builder = Worker.builder().discovery(false).config(config);
    for (WorkerModule module : first) {
      builder.install(module);
    }
    worker =
        builder
            .install(memory)
            .logLevels(new Levels(levels))
            .processor(
                "*",
                (event, context) -> {
                  if (failing.get()) {
                    throw new NonRetryableException("no such customer: <script>alert(1)</script>");
                  }
                })
            .build();
  }

  static OpsStageInMemory start(WorkerModule... first) throws Exception {
    OpsStageInMemory stage = new OpsStageInMemory(first);
    stage.worker.start();
    return stage;
  }

  OpsParts parts() {
    return worker.opsHandler(exchange -> Optional.empty()).parts();
  }

  OpsClient anybody() {
    return OpsClient.of(worker);
  }

  OpsClient operator() {
    return anybody().withToken(OPERATOR).with("X-Actor", "ann");
  }

  OpsClient viewer() {
    return anybody().withToken(VIEWER);
  }

  @Override
  public void close() {
    worker.close();
  }

  private record Levels(Map<String, String> byLogger) implements LogLevels {
    @Override
    public Optional<String> level(String logger) {
      return Optional.of(byLogger.getOrDefault(logger, "info"));
    }

    @Override
    public void change(String logger, String level) {
      byLogger.put(logger, level);
    }
  }
}
