package dev.webhookworker.pairs;

import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.EventHandler;
import dev.webhookworker.spi.ProcessingContext;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The handler of all workers of a pair. One run of one event is struck: it throws, hangs, or waits
 * in the middle of its work for what is done to the servers. Every other run just works.
 */
final class StruckHandler implements EventHandler {

  private final Pair pair;
  private final boolean inbox;
  private final AtomicBoolean died = new AtomicBoolean();
  private final AtomicBoolean struck = new AtomicBoolean();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch mayGoOn = new CountDownLatch(1);

  StruckHandler(Pair pair, boolean inbox) {
    this.pair = pair;
    this.inbox = inbox;
  }

  /** The struck run is in the middle of its work. */
  boolean hasBegun() {
    return begun.getCount() == 0;
  }

  void goOn() {
    mayGoOn.countDown();
  }

  @Override
  public void handle(WebhookEvent event, ProcessingContext context) throws Exception {
    if (pair.feature() == Feature.DEAD_LETTER_RETRY
        && event.eventId().equals(Feature.FIRST)
        && died.compareAndSet(false, true)) {
      throw new NonRetryableException("dead before the fault");
    }
    if (inbox) {
      write(context, event, "INSERT INTO effects (event_id) VALUES (?)");
    }
    if (pair.feature().isStruck(event.eventId()) && struck.compareAndSet(false, true)) {
      begun.countDown();
      strike();
    }
    if (event.eventId().equals(Feature.DOOMED)) {
      throw new NonRetryableException("as it should");
    }
    if (inbox) {
      write(context, event, "UPDATE effects SET finished = true WHERE event_id = ?");
    }
  }

  private void strike() throws InterruptedException {
    switch (pair.fault()) {
      case ERROR -> throw new AssertionError("thrown by a handler");
      case GIVEN_UP -> waitWhateverComes();
      default -> mayGoOn.await();
    }
  }

  private void waitWhateverComes() {
    boolean waited = false;
    while (!waited) {
      try {
        mayGoOn.await();
        waited = true;
      } catch (InterruptedException ignored) {
        // This is the fault.
        waited = false;
      }
    }
  }

  private static void write(ProcessingContext context, WebhookEvent event, String sql)
      throws SQLException {
    Connection connection = context.resource(Connection.class);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, event.eventId());
      statement.executeUpdate();
    }
  }
}
