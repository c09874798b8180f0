package dev.webhookworker;

import java.util.List;

/** The producer's side: puts events on the stream in the format that the worker reads. */
public interface EventPublisher extends AutoCloseable {

  /**
   * Adds one event.
   *
   * @return the entry id
   * @throws PublishException when it was not added, or when that is not known: publish it again
   *     with the same event id, the worker recognises a duplicate
   */
  String publish(OutgoingEvent event);

  /**
   * Adds events in one pipeline, in their order.
   *
   * @return the entry ids
   * @throws PublishException when not all were added, or when that is not known: publish all again
   */
  List<String> publishAll(List<OutgoingEvent> events);

  @Override
  void close();

  /** An event could not be put on the stream. */
  final class PublishException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PublishException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
