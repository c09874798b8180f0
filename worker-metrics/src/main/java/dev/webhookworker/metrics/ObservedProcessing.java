package dev.webhookworker.metrics;

import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.EventInterceptor;
import dev.webhookworker.spi.ProcessingContext;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.function.Function;

/** An observation around the processors, the current one while they run. Thread-safe. */
final class ObservedProcessing implements EventInterceptor {

  private final ObservationRegistry registry;
  private final EventTypeLabels<String> types = new EventTypeLabels<>(Function.identity());

  ObservedProcessing(ObservationRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void around(WebhookEvent event, ProcessingContext context, Processing processing)
      throws Exception {
    Observation observation =
        WorkerObservation.PROCESS
            .of(registry, new Observation.Context())
            .lowCardinalityKeyValue(WorkerObservation.EVENT_TYPE, types.of(event.eventType()))
            .highCardinalityKeyValue(WorkerObservation.TOOL_ID, context.tool().id())
            .start();
    try (Observation.Scope current = observation.openScope()) {
      processing.proceed();
    } catch (Throwable failure) {
      observation.error(UnnamedFailure.of(failure));
      throw failure;
    } finally {
      observation.stop();
    }
  }
}
