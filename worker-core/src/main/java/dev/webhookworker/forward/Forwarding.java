package dev.webhookworker.forward;

import dev.webhookworker.DestinationState;
import dev.webhookworker.ForwardSettings;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.DestinationFailures;
import dev.webhookworker.port.DestinationLines;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.spi.ProcessingMode;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.TraceParent;
import dev.webhookworker.spi.Tracing;
import dev.webhookworker.spi.Tracing.CallTrace;
import dev.webhookworker.spi.WorkerListener;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends an event to those of its tool's destinations that want it and have not got it yet, to all
 * of them at once. Thread-safe.
 */
public final class Forwarding implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Forwarding.class);
  private static final Duration LONGEST_PATIENCE = Duration.ofMillis(500);
  private static final long LOOK_AGAIN_MILLIS = 10;

  private final ForwardSettings settings;
  private final Clock clock;
  private final Tracing tracing;
  private final WorkerListener listener;
  private final HttpSenders senders;
  private final DestinationOrder order;
  private final ToolDestinations destinations = new ToolDestinations();
  private final DestinationGates gates;

  /**
   * By the worker's settings. A destination without a limit of its own gets at most half of the
   * handlers, so that one that hangs leaves the other half to the rest; and at most half wait for
   * their turn at ordered ones.
   */
  public static Forwarding of(
      WorkerConfig config,
      EventStream stream,
      ToolEvents events,
      WorkerListener listener,
      Clock clock,
      RandomGenerator random,
      Tracing tracing) {
    int half = Math.max(1, config.maxConcurrent() / 2);
    return new Forwarding(
        config.forwarding(), half, stream, events, listener, clock, random, tracing);
  }

  /**
   * @param maxConcurrent requests at once to a destination that has no limit of its own
   */
  private Forwarding(
      ForwardSettings settings,
      int maxConcurrent,
      EventStream stream,
      ToolEvents events,
      WorkerListener listener,
      Clock clock,
      RandomGenerator random,
      Tracing tracing) {
    this.settings = settings;
    this.listener = listener;
    this.clock = clock;
    this.tracing = tracing;
    gates =
        new DestinationGates(
            settings, maxConcurrent, stream.destinationFailures(), listener, random);
    senders = new HttpSenders(new AddressGuard(settings.allow(), NameLookup.SYSTEM));
    order = new DestinationOrder(stream.destinationLines(), events, maxConcurrent, random);
  }

  /**
   * Comes into line at the ordered destinations of the event's tool that may want it. To be done
   * before anything can put the event off: those behind it in the stream would pass it. A dead
   * letter that is retried has lost its place: it arrives late, and nobody waits for it.
   */
  public void queue(WebhookEvent event, ToolConfig tool, ForwardProgress progress)
      throws StreamUnavailableException {
    if (tool.modeFor(event.eventType()) != ProcessingMode.STORE_AND_FORWARD
        || tool.destinations().isEmpty()) {
      return;
    }
    for (Destination destination : destinations.of(tool)) {
      if (destination.ordered()
          && destination.takesType(event)
          && !isSettled(destination, progress)) {
        if (arrivesLate(progress)) {
          // The place that it had when it died may still be there.
          order.leave(place(tool, destination, event));
        } else {
          order.join(place(tool, destination, event));
        }
      }
    }
  }

  /**
   * Waits until it is the event's turn at all of its ordered destinations, as long as the turn is
   * near. For a run whose processors can't be remembered as done: it looks at the line first.
   *
   * @return how long to put the event off; empty when it is its turn
   */
  public Optional<Duration> awaitTurn(
      WebhookEvent received, ToolConfig tool, ForwardProgress progress)
      throws InterruptedException {
    if (tool.modeFor(received.eventType()) != ProcessingMode.STORE_AND_FORWARD
        || arrivesLate(progress)) {
      return Optional.empty();
    }
    List<Destination> inOrder = new ArrayList<>();
    for (Destination destination : destinations.of(tool)) {
      if (destination.ordered()
          && destination.takes(received)
          && !isSettled(destination, progress)) {
        inOrder.add(destination);
      }
    }
    return inOrder.isEmpty()
        ? Optional.empty()
        : new TurnsAhead(received, tool, progress, inOrder).await();
  }

  private long patientUntilNanos(ForwardProgress progress) {
    Duration left = Duration.between(clock.instant(), progress.deadline()).dividedBy(2);
    Duration patience = left.compareTo(LONGEST_PATIENCE) < 0 ? left : LONGEST_PATIENCE;
    return System.nanoTime() + patience.toNanos();
  }

  private static DestinationLines.Place place(
      ToolConfig tool, Destination destination, WebhookEvent event) {
    return new DestinationLines.Place(
        new DestinationFailures.Name(tool.id(), destination.name()), event.entryId());
  }

  /** Whether events of this worker wait for their turn at ordered destinations. */
  public boolean hasWaitingInLine() {
    return order.hasWaiting();
  }

  /**
   * Returns when all have it, or after {@link ForwardProgress#snooze} when the rest must wait.
   *
   * @param received what filters look at
   * @param sent what is sent: the same, or what the tool's rules made of it
   * @throws ForwardFailedException when a destination is to be asked again
   * @throws NonRetryableException when all are done but for those that refused the event, or when
   *     the destinations can't be used
   */
  public void forward(
      WebhookEvent received, WebhookEvent sent, ToolConfig tool, ForwardProgress progress)
      throws InterruptedException {
    Round round = new Round(received, sent, tool, progress);
    try {
      List<Destination> inOrder = new ArrayList<>();
      for (Destination destination : destinations.of(tool)) {
        if (!destination.takes(received)) {
          round.isPassedBy(destination);
        } else if (!round.isSettled(destination)) {
          if (destination.ordered() && !arrivesLate(progress)) {
            inOrder.add(destination);
          } else {
            begin(destination, round);
          }
        }
      }
      new TurnByTurn(round, inOrder).run();
    } finally {
      round.giveUpTheRest();
    }
    round.conclude();
  }

  private void begin(Destination destination, Round round) {
    String toolId = round.tool.id();
    HttpSender sender = senders.with(destination.tls());
    DestinationGate gate = gates.of(toolId, destination);
    Optional<Instant> disabledAt = gate.standing().disabledAt();
    if (disabledAt.isPresent()) {
      round.isDisabled(destination, disabledAt.get());
      return;
    }
    Optional<Duration> wait = gate.enter(round.progress.snoozes());
    if (wait.isPresent()) {
      round.waitsFor(wait.get());
      return;
    }
    Duration timeout = Objects.requireNonNullElse(destination.timeout(), settings.timeout());
    Instant now = clock.instant();
    CallTrace trace = tracing.forward(toolId, destination.name());
    Sending sending = new Sending(destination, gate, timeout, trace);
    round.underWay.add(sending);
    HttpMessage message =
        new HttpMessage(
            destination.url(),
            RequestHeaders.of(
                destination,
                round.event,
                round.body,
                now,
                trace.traceParent().or(() -> TraceParent.of(round.event))),
            round.body,
            timeout);
    sending.begin(sender, message, () -> round.answered.add(sending));
  }

  /** The destinations in use, by tool and name. */
  public List<DestinationState> states() {
    return gates.states();
  }

  /** Whether it failed for so long that it gets no more events, whichever worker saw it. */
  public boolean isDisabled(String toolId, String destination) throws StreamUnavailableException {
    return gates.isDisabled(new DestinationFailures.Name(toolId, destination));
  }

  /**
   * Sends events to a disabled destination again; other workers do so within seconds.
   *
   * @return false when it was not disabled
   */
  public boolean enable(String toolId, String destination) throws StreamUnavailableException {
    return gates.enable(new DestinationFailures.Name(toolId, destination));
  }

  /** Ends what is under way. */
  @Override
  public void close() {
    senders.close();
  }

  private static String mark(Destination destination) {
    return "forward:" + destination.name();
  }

  private static String refusedMark(Destination destination, ForwardProgress progress) {
    return "forward-refused:" + progress.dlqRetries() + ":" + destination.name();
  }

  private static boolean arrivesLate(ForwardProgress progress) {
    return progress.dlqRetries() > 0;
  }

  private static boolean isSettled(Destination destination, ForwardProgress progress) {
    return progress.isCompleted(mark(destination))
        || progress.isCompleted(refusedMark(destination, progress));
  }

  /**
   * Awaits the answers, and begins at each ordered destination when it is the event's turn there. A
   * turn that is near is waited for as long as the handler has nothing better to do; for any other
   * the event is put off. Used by the run's thread.
   */
  private final class TurnByTurn {
    private final Round round;
    private final List<Destination> inOrder;
    private final long patientUntilNanos;

    TurnByTurn(Round round, List<Destination> inOrder) {
      this.round = round;
      this.inOrder = inOrder;
      patientUntilNanos = patientUntilNanos(round.progress);
    }

    void run() throws InterruptedException {
      boolean waits = false;
      int looks = 0;
      try {
        while (true) {
          long lookAgainMillis = beginWhereItIsOurTurn();
          if (inOrder.isEmpty() && round.underWay.isEmpty()) {
            return;
          }
          if (!round.underWay.isEmpty()) {
            round.awaitAnswer(inOrder.isEmpty() ? Long.MAX_VALUE : LOOK_AGAIN_MILLIS);
          } else if (lookAgainMillis != DestinationOrder.Wait.NOT_NEAR
              && System.nanoTime() - patientUntilNanos < 0
              && (waits || order.beginWaiting())) {
            waits = true;
            // The longer it has waited the less it asks: each look costs the stream something.
            order.awaitDeparture(lookAgainMillis + looks++);
          } else {
            sleep();
          }
        }
      } finally {
        if (waits) {
          order.endWaiting();
        }
      }
    }

    /** When to look again because the turn at one of the others is near. */
    private long beginWhereItIsOurTurn() {
      long lookAgainMillis = DestinationOrder.Wait.NOT_NEAR;
      for (Iterator<Destination> all = inOrder.iterator(); all.hasNext(); ) {
        Destination destination = all.next();
        Optional<DestinationOrder.Wait> wait = order.ask(round.place(destination), destination);
        if (wait.isEmpty()) {
          all.remove();
          begin(destination, round);
        } else {
          lookAgainMillis = Math.min(lookAgainMillis, wait.get().lookAgainMillis());
        }
      }
      return lookAgainMillis;
    }

    private void sleep() {
      for (Destination destination : inOrder) {
        Optional<Duration> wait = order.sleep(round.place(destination), destination);
        if (wait.isPresent()) {
          round.waitsFor(wait.get());
        } else {
          begin(destination, round);
        }
      }
      inOrder.clear();
    }
  }

  /**
   * Awaits the event's turn at ordered destinations before anything is sent. Whoever is first in a
   * line stays it until it leaves. Used by the run's thread.
   */
  private final class TurnsAhead {
    private final WebhookEvent event;
    private final ToolConfig tool;
    private final List<Destination> inOrder;
    private final long patientUntilNanos;

    TurnsAhead(
        WebhookEvent event, ToolConfig tool, ForwardProgress progress, List<Destination> inOrder) {
      this.event = event;
      this.tool = tool;
      this.inOrder = inOrder;
      patientUntilNanos = patientUntilNanos(progress);
    }

    Optional<Duration> await() throws InterruptedException {
      boolean waits = false;
      int looks = 0;
      try {
        while (true) {
          long lookAgainMillis = look();
          if (inOrder.isEmpty()) {
            return Optional.empty();
          }
          if (lookAgainMillis == DestinationOrder.Wait.NOT_NEAR
              || System.nanoTime() - patientUntilNanos >= 0
              || !(waits || order.beginWaiting())) {
            return sleep();
          }
          waits = true;
          order.awaitDeparture(lookAgainMillis + looks++);
        }
      } finally {
        if (waits) {
          order.endWaiting();
        }
      }
    }

    /** When to look again because the turn at one of them is near. */
    private long look() {
      long lookAgainMillis = DestinationOrder.Wait.NOT_NEAR;
      for (Iterator<Destination> all = inOrder.iterator(); all.hasNext(); ) {
        Destination destination = all.next();
        Optional<DestinationOrder.Wait> wait =
            order.ask(place(tool, destination, event), destination);
        if (wait.isEmpty()) {
          all.remove();
        } else {
          lookAgainMillis = Math.min(lookAgainMillis, wait.get().lookAgainMillis());
        }
      }
      return lookAgainMillis;
    }

    private Optional<Duration> sleep() {
      Optional<Duration> longest = Optional.empty();
      for (Destination destination : inOrder) {
        Optional<Duration> wait = order.sleep(place(tool, destination, event), destination);
        if (wait.isPresent() && (longest.isEmpty() || wait.get().compareTo(longest.get()) > 0)) {
          longest = wait;
        }
      }
      return longest;
    }
  }

  /** What one run of one event came to; used by the run's thread. */
  private final class Round {
    private final WebhookEvent event;
    private final ToolConfig tool;
    private final ForwardProgress progress;
    private final byte[] body;
    private final List<Sending> underWay = new ArrayList<>();
    private final BlockingQueue<Sending> answered = new LinkedBlockingQueue<>();
    private final List<String> failed = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private @Nullable Duration wait;
    private @Nullable Duration retryAfter;
    private boolean allWished = true;

    Round(WebhookEvent event, WebhookEvent sent, ToolConfig tool, ForwardProgress progress) {
      this.event = event;
      this.tool = tool;
      this.progress = progress;
      body = sent.payloadText().bytes();
    }

    DestinationLines.Place place(Destination destination) {
      return Forwarding.place(tool, destination, event);
    }

    /** It came into line for its type, and the destination's filter does not want it. */
    void isPassedBy(Destination destination) {
      if (destination.takesType(event)) {
        leaveLine(destination);
      }
    }

    private void leaveLine(Destination destination) {
      if (destination.ordered()) {
        order.leave(place(destination));
      }
    }

    /** Whether it has the event, or refused it since the event last was a dead letter. */
    boolean isSettled(Destination destination) {
      if (progress.isCompleted(refusedMark(destination, progress))) {
        refused.add("'" + destination.name() + "' refused it");
      }
      return Forwarding.isSettled(destination, progress);
    }

    void waitsFor(Duration delay) {
      wait = wait == null || delay.compareTo(wait) < 0 ? delay : wait;
    }

    /** One more answer, if it comes in that time. */
    void awaitAnswer(long millis) throws InterruptedException {
      Sending sending = answered.poll(millis, TimeUnit.MILLISECONDS);
      if (sending != null) {
        DeliveryResult result = sending.result(clock.instant());
        underWay.remove(sending);
        ended(sending.destination(), sending.gate(), result);
      }
    }

    void isDisabled(Destination destination, Instant since) {
      leaveLine(destination);
      refused.add(
          "'"
              + destination.name()
              + "' is disabled since "
              + since.truncatedTo(ChronoUnit.SECONDS)
              + " because it kept failing: enable it (docs/forwarding.md), then retry the dead"
              + " letter");
    }

    private void disabled(DestinationFailures.Name name) {
      progress.note(
          "destination_disabled",
          "'"
              + name.destination()
              + "' failed for "
              + settings.disableAfter()
              + " and gets no more events until it is enabled",
          "");
      listener.destinationDisabled(name.toolId(), name.destination());
      LOG.atWarn()
          .addKeyValue("tool_id", name.toolId())
          .addKeyValue("destination", name.destination())
          .addKeyValue("failed_for", settings.disableAfter())
          .log("A destination failed for so long that it was disabled; enable it when it works");
    }

    private void ended(Destination destination, DestinationGate gate, DeliveryResult result) {
      listener.destinationAnswered(gate.name().toolId(), destination.name(), result.kind());
      if (!result.isAlive()) {
        if (gate.standing().failed()) {
          disabled(gate.name());
        }
      } else if (!result.kind().equals(DeliveryResult.FORBIDDEN)) {
        gate.standing().succeeded();
      }
      String what = "'" + destination.name() + "' " + result.what();
      if (result instanceof DeliveryResult.Delivered) {
        progress.completedForGood(mark(destination));
        leaveLine(destination);
        progress.note("forwarded", what, result.answer());
        return;
      }
      progress.note("forward_failed", what, result.answer());
      if (result instanceof DeliveryResult.Failed again) {
        failed.add(what);
        Duration wish = again.retryAfter();
        if (wish == null) {
          allWished = false;
        } else {
          retryAfter = retryAfter == null || wish.compareTo(retryAfter) < 0 ? wish : retryAfter;
        }
      } else {
        progress.completedForGood(refusedMark(destination, progress));
        leaveLine(destination);
        refused.add(what);
      }
    }

    void giveUpTheRest() {
      for (Sending sending : underWay) {
        sending.giveUp();
      }
    }

    void conclude() {
      if (!failed.isEmpty()) {
        throw new ForwardFailedException(
            "destination " + String.join("; ", failed), allWished ? retryAfter : null);
      }
      if (wait != null) {
        progress.snooze(wait);
        return;
      }
      if (!refused.isEmpty()) {
        throw new NonRetryableException("destination " + String.join("; ", refused));
      }
    }
  }
}
