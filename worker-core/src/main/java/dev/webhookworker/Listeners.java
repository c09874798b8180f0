package dev.webhookworker;

import dev.webhookworker.foreign.ForeignCode;
import dev.webhookworker.spi.WorkerListener;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Tells several listeners; one that throws disturbs neither the worker nor the others. */
final class Listeners implements WorkerListener {

  private final List<WorkerListener> listeners;

  private Listeners(List<WorkerListener> listeners) {
    this.listeners = List.copyOf(listeners);
  }

  static WorkerListener of(List<WorkerListener> listeners) {
    return listeners.isEmpty() ? WorkerListener.NOOP : new Listeners(listeners);
  }

  private void tell(Consumer<WorkerListener> fact) {
    for (WorkerListener listener : listeners) {
      ForeignCode.tell(listener, () -> fact.accept(listener));
    }
  }

  @Override
  public void received(String eventType, boolean retry) {
    tell(listener -> listener.received(eventType, retry));
  }

  @Override
  public void processed(WebhookEvent event, String toolId, int attempt, Duration handlerTime) {
    tell(listener -> listener.processed(event, toolId, attempt, handlerTime));
  }

  @Override
  public void stale(String eventType, String toolId) {
    tell(listener -> listener.stale(eventType, toolId));
  }

  @Override
  public void duplicate(String eventType) {
    tell(listener -> listener.duplicate(eventType));
  }

  @Override
  public void retryScheduled(String eventType, int attempt, Duration delay, Throwable cause) {
    tell(listener -> listener.retryScheduled(eventType, attempt, delay, cause));
  }

  @Override
  public void snoozed(String eventType, Duration delay) {
    tell(listener -> listener.snoozed(eventType, delay));
  }

  @Override
  public void deadLettered(String eventType, String reason) {
    tell(listener -> listener.deadLettered(eventType, reason));
  }

  @Override
  public void deadLetterRetried(String eventType) {
    tell(listener -> listener.deadLetterRetried(eventType));
  }

  @Override
  public void deadLettersDrained(int count) {
    tell(listener -> listener.deadLettersDrained(count));
  }

  @Override
  public void reclaimed(int entries) {
    tell(listener -> listener.reclaimed(entries));
  }

  @Override
  public void vanished(int entries) {
    tell(listener -> listener.vanished(entries));
  }

  @Override
  public void leaseLost(String eventType) {
    tell(listener -> listener.leaseLost(eventType));
  }

  @Override
  public void handlerStuck(String eventType) {
    tell(listener -> listener.handlerStuck(eventType));
  }

  @Override
  public void handlerUnstuck(String eventType) {
    tell(listener -> listener.handlerUnstuck(eventType));
  }

  @Override
  public void requestAnswered(int status) {
    tell(listener -> listener.requestAnswered(status));
  }

  @Override
  public void heldBack(String toolId) {
    tell(listener -> listener.heldBack(toolId));
  }

  @Override
  public void circuitChanged(String toolId, String state) {
    tell(listener -> listener.circuitChanged(toolId, state));
  }

  @Override
  public void destinationAnswered(String toolId, String destination, String result) {
    tell(listener -> listener.destinationAnswered(toolId, destination, result));
  }

  @Override
  public void destinationCircuitChanged(String toolId, String destination, String state) {
    tell(listener -> listener.destinationCircuitChanged(toolId, destination, state));
  }

  @Override
  public void destinationDisabled(String toolId, String destination) {
    tell(listener -> listener.destinationDisabled(toolId, destination));
  }

  @Override
  public void settled(int outcomes, Duration time) {
    tell(listener -> listener.settled(outcomes, time));
  }
}
