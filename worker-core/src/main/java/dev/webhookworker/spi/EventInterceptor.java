package dev.webhookworker.spi;

import dev.webhookworker.WebhookEvent;

/**
 * Wraps the processing of an event: tracing, tenant context, metrics of your own. Runs on the
 * handler's thread, outside the processors and inside the time limit. The first one given is the
 * outermost.
 */
@FunctionalInterface
public interface EventInterceptor {

  /**
   * Calls {@code processing.proceed()} once, or throws instead.
   *
   * @throws Exception what processing threw, or an error of its own, classified alike
   */
  void around(WebhookEvent event, ProcessingContext context, Processing processing)
      throws Exception;

  /** What lies inside. */
  @FunctionalInterface
  interface Processing {
    void proceed() throws Exception;
  }
}
