package dev.webhookworker.forward;

import java.util.concurrent.CompletableFuture;

/** Sends requests without holding a thread. Thread-safe. */
public interface HttpSender extends AutoCloseable {

  /**
   * Begins a POST. The future fails with the {@code IOException} of the connection, or with a
   * {@code TimeoutException}; cancelling it ends the request.
   */
  CompletableFuture<HttpAnswer> send(HttpMessage message);

  /** Whether it can still send; once it can't, it is of no more use. */
  boolean isRunning();

  @Override
  void close();
}
