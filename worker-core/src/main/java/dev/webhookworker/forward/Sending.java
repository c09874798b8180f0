package dev.webhookworker.forward;

import dev.webhookworker.spi.Tracing.CallTrace;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** One request under way, with its place at the gate. Used by the run's thread. */
final class Sending {

  private final Destination destination;
  private final DestinationGate gate;
  private final Duration timeout;
  private final CallTrace trace;
  private @Nullable CompletableFuture<HttpAnswer> answer;
  private boolean left;

  Sending(Destination destination, DestinationGate gate, Duration timeout, CallTrace trace) {
    this.destination = destination;
    this.gate = gate;
    this.timeout = timeout;
    this.trace = trace;
  }

  Destination destination() {
    return destination;
  }

  DestinationGate gate() {
    return gate;
  }

  /**
   * @param whenAnswered also when it failed; on any thread
   */
  void begin(HttpSender sender, HttpMessage message, Runnable whenAnswered) {
    CompletableFuture<HttpAnswer> underWay = sender.send(message);
    answer = underWay;
    var unused = underWay.whenComplete((ok, failure) -> whenAnswered.run());
  }

  /** Of a request that is answered, or failed. */
  DeliveryResult result(Instant now) throws InterruptedException {
    DeliveryResult result;
    try {
      result = DeliveryResult.of(Objects.requireNonNull(answer).get(), now);
    } catch (ExecutionException failed) {
      result = DeliveryResult.of(Objects.requireNonNullElse(failed.getCause(), failed), timeout);
    } catch (CancellationException ended) {
      result = DeliveryResult.of(ended, timeout);
    }
    leave(result);
    return result;
  }

  void giveUp() {
    if (left) {
      return;
    }
    if (answer != null) {
      answer.cancel(true);
    }
    leave(new DeliveryResult.Failed("was not waited for to the end", "", null, false, "abandoned"));
  }

  private void leave(DeliveryResult result) {
    if (!left) {
      left = true;
      gate.leave(result);
      trace.ended(result.word(), result instanceof DeliveryResult.Delivered);
      trace.close();
    }
  }
}
