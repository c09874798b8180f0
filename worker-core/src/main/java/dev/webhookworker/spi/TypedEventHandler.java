package dev.webhookworker.spi;

/**
 * A processor that gets the payload as an object: {@code builder.processor("push", Push.class,
 * (push, context) -> ...)}.
 *
 * @param <T> what Jackson makes of the payload
 */
@FunctionalInterface
public interface TypedEventHandler<T> {

  /**
   * @throws Exception when the event has not been processed
   */
  void handle(T payload, ProcessingContext context) throws Exception;
}
