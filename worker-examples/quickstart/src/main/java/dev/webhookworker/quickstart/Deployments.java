package dev.webhookworker.quickstart;

import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.EventProcessor;
import dev.webhookworker.spi.ProcessingContext;
import java.io.IOException;
import java.util.Set;

/** Asks an imaginary deployment service, which may be down for some attempts or for good. */
public final class Deployments implements EventProcessor {

  @Override
  public Set<String> eventTypes() {
    return Set.of("deployment.*");
  }

  @Override
  public void process(WebhookEvent event, ProcessingContext context) throws IOException {
    int failingAttempts = event.payload().at("/simulate/failing_attempts").asInt();
    if (context.attempt() <= failingAttempts) {
      throw new IOException("the deployment service answered 503 Service Unavailable");
    }
  }
}
