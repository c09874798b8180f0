package dev.webhookworker.dlq;

import dev.webhookworker.Worker;
import dev.webhookworker.WorkerBuilder;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.memory.InMemoryModule;
import java.util.Map;

class InMemoryDeadLettersTest extends DeadLettersConformance {

  private final InMemoryModule memory = InMemoryModule.create();

  @Override
  protected WorkerBuilder builder(WorkerConfig config) {
    return Worker.builder().discovery(false).config(config).install(memory);
  }

  @Override
  protected void publish(Map<String, String> fields) {
    memory.publish(fields);
  }

  @Override
  protected boolean keepsWhatIsOver() {
    return false;
  }
}
