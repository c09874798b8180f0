package dev.webhookworker.pipeline;

import dev.webhookworker.RetryPolicy;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.crypto.FieldEncryption;
import dev.webhookworker.crypto.KeysUnavailableException;
import dev.webhookworker.foreign.ForeignCode;
import dev.webhookworker.forward.Forwarding;
import dev.webhookworker.limit.Ending;
import dev.webhookworker.limit.Entry;
import dev.webhookworker.limit.ToolGates;
import dev.webhookworker.limit.Wakings;
import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.ResourceTurns;
import dev.webhookworker.port.ResourceVersion;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.port.TransactionLostException;
import dev.webhookworker.port.TransactionalInbox;
import dev.webhookworker.retry.Redaction;
import dev.webhookworker.retry.RetryHandler;
import dev.webhookworker.signature.SignatureCheck;
import dev.webhookworker.signature.SignatureInvalidException;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.Tracing.RunTrace;
import dev.webhookworker.tool.ToolLookup;
import dev.webhookworker.tool.ToolPlans;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one event, top to bottom: decode, idempotency, tool, signature, the tool's limits, its
 * turn, processing, outcome. Settles nothing and does no I/O of its own besides the SPIs and the
 * idempotency check. Thread-safe.
 */
public final class EventPipeline {

  private static final Logger LOG = LoggerFactory.getLogger(EventPipeline.class);
  private static final String PLATFORM_ERROR = "platform_error";
  private static final Duration PAUSE_FOR_INFRASTRUCTURE = Duration.ofSeconds(2);

  /** The interrupt at the deadline comes first; a connection that ignores it ends after that. */
  private static final Duration GRACE_FOR_INTERRUPT = Duration.ofSeconds(10);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** Runs in a row that may be lost with the store's connection before the next one counts. */
  private static final int MOST_OUTAGES = 8;

  private final EventDecoder decoder;
  private final OtherFormats otherFormats;
  private final ToolLookup tools;
  private final ToolPlans plans;
  private final SignatureCheck signatures;
  private final ToolGates gates;
  private final IdempotencyCheck idempotency;
  private final ResourceOrder order;
  private final ProcessorChain processors;
  private final Forwarding forwarding;
  private final RetryHandler retries;
  private final Optional<TransactionalInbox> inbox;
  private final PipelineSettings settings;

  EventPipeline(
      EntryReader entries,
      ToolPlans plans,
      SignatureCheck signatures,
      ToolGates gates,
      IdempotencyCheck idempotency,
      ResourceOrder order,
      ProcessorChain processors,
      Forwarding forwarding,
      RetryHandler retries,
      Optional<TransactionalInbox> inbox,
      PipelineSettings settings) {
    decoder = entries.decoder;
    otherFormats = entries.otherFormats;
    tools = entries.tools;
    this.plans = plans;
    this.signatures = signatures;
    this.gates = gates;
    this.idempotency = idempotency;
    this.order = order;
    this.processors = processors;
    this.forwarding = forwarding;
    this.retries = retries;
    this.inbox = inbox;
    this.settings = settings;
  }

  /** Runs one event to its outcome. Never throws: whatever its run threw is its failure. */
  public Conclusion run(Admitted admitted, Run run) {
    try {
      return decodeAndRun(admitted, run);
    } catch (Throwable unforeseen) {
      AttemptState state = admitted.delivery().state();
      return Conclusion.of(null, retries.afterFailure(state, unforeseen, settings.retryPolicy()));
    }
  }

  private Conclusion decodeAndRun(Admitted admitted, Run run) {
    Delivery delivery = admitted.delivery();
    if (delivery.unsettledDeliveries() >= settings.maxDeliveries()) {
      return Conclusion.of(null, poisoned(admitted));
    }
    Decoded decoded = decoder.decode(delivery.entryId(), delivery.fields());
    if (decoded instanceof Decoded.Undecodable undecodable) {
      WebhookEvent unparsed = otherFormats.unparsed(delivery.entryId(), delivery.fields());
      return unparsed == null
          ? Conclusion.of(null, dead(undecodable, delivery))
          : run(unparsed, undecodable, admitted, run);
    }
    return run(((Decoded.Event) decoded).event(), null, admitted, run);
  }

  /**
   * @param notJson why the event's body is no payload yet; null when it is one
   */
  private Conclusion run(
      WebhookEvent event, Decoded.@Nullable Undecodable notJson, Admitted admitted, Run run) {
    int attempt = admitted.delivery().state().failures() + 1;
    RunTrace trace = settings.tracing().receive(event, attempt);
    run.trace(trace);
    Optional<Outcome> outcome = Optional.empty();
    try (LoggingContext logging = LoggingContext.of(event, attempt, trace.traceId())) {
      Conclusion conclusion = run(event, notJson, admitted, run, logging);
      outcome = Optional.of(conclusion.outcome());
      return conclusion;
    } finally {
      trace.ran(
          outcome.map(Outcome::word).orElse(PLATFORM_ERROR), outcome.flatMap(Outcome::failure));
    }
  }

  private Conclusion run(
      WebhookEvent event,
      Decoded.@Nullable Undecodable notJson,
      Admitted admitted,
      Run run,
      LoggingContext logging) {
    try {
      Claim claim = claimOf(admitted);
      Outcome settledElsewhere = idempotency.check(admitted, claim, event.tenantId());
      if (settledElsewhere != null) {
        if (settledElsewhere == IdempotencyCheck.STORED && inbox.isPresent()) {
          noteSuccess(event, run);
        }
        return Conclusion.of(event, settledElsewhere);
      }
      RunContext context =
          new RunContext(
              event,
              run,
              inbox.isPresent() ? BodyDigest.of(admitted.delivery().fields()) : "",
              logging,
              settings.longestSnooze());
      return process(event, notJson, run, context);
    } catch (StreamUnavailableException
        | StoreUnavailableException
        | KeysUnavailableException unavailable) {
      return Conclusion.of(event, infrastructureTrouble(admitted.delivery().state(), unavailable));
    }
  }

  private static Claim claimOf(Admitted admitted) {
    Claim claim = admitted.claim();
    if (claim == null) {
      throw new IllegalStateException("an entry without a claim is ended by the decoder");
    }
    return claim;
  }

  private Conclusion process(
      WebhookEvent received, Decoded.@Nullable Undecodable notJson, Run run, RunContext context) {
    Ending ending = Ending.UNKNOWN;
    try {
      Conclusion conclusion = leaveTurn(context, inOrder(received, notJson, run, context));
      ending = Endings.of(conclusion.outcome());
      return conclusion;
    } finally {
      context.permit().leave(ending);
    }
  }

  private Conclusion inOrder(
      WebhookEvent received, Decoded.@Nullable Undecodable notJson, Run run, RunContext context) {
    WebhookEvent event = received;
    AttemptState state = run.delivery().state();
    ToolConfig tool = ToolConfig.DEFAULT;
    // What comes before the processors (look-ups, signature, schema, routes) is limited too.
    context.limit(processors.usualTimeout(), settings.retryPolicy());
    try {
      tool = tools.toolOf(event);
      context.tool(tool);
      signatures.check(event, tool);
      forwarding.queue(event, tool, context);
      if (!settings.encryption().ready(tool)) {
        throw new StoreUnavailableException(noKeyFor(tool), null);
      }
      Entry entry = gates.enter(tool, event.eventType());
      if (entry instanceof Entry.HeldBack heldBack) {
        return new Conclusion(
            event,
            tool.id(),
            new Outcome.Snooze(
                state.snoozed(), heldBack.delay(), heldBack.why(), heldBack.parkedAt()));
      }
      context.permit(((Entry.Passed) entry).permit());
      if (notJson != null) {
        WebhookEvent parsed = otherFormats.parsed(received, run.delivery().fields(), tool);
        if (parsed == null) {
          return Conclusion.of(null, dead(notJson, run.delivery()));
        }
        event = parsed;
      }
      context.routed(plans.processorsFor(event, tool));
      context.event(plans.prepare(event, tool));
      context.limit(processors.timeoutFor(event, context), processors.policyFor(event, context));
      Optional<Outcome> outOfTurn = takeTurn(event, tool, run, context);
      if (outOfTurn.isPresent()) {
        return new Conclusion(event, tool.id(), outOfTurn.get());
      }
      Outcome outcome =
          inbox.isPresent() ? processInInbox(event, context, inbox.get()) : process(event, context);
      return new Conclusion(event, tool.id(), outcome, notes(tool, context));
    } catch (SignatureInvalidException notProved) {
      return new Conclusion(
          event, tool.id(), new Outcome.Dead(DeadReason.SIGNATURE_INVALID, state, notProved));
    } catch (StoreUnavailableException
        | StreamUnavailableException
        | KeysUnavailableException unavailable) {
      return new Conclusion(
          event,
          tool.id(),
          infrastructureTrouble(context.stateWithCompleted(), unavailable),
          notes(tool, context));
    } catch (TransactionLostException lost) {
      return new Conclusion(
          event, tool.id(), transactionLost(event, tool, context, lost), notes(tool, context));
    } catch (Throwable failure) {
      return new Conclusion(
          event, tool.id(), failed(event, tool, context, failure), notes(tool, context));
    }
  }

  /**
   * The transactional inbox commits before the run's turn at its resource ends; a crash in between
   * leaves the turn taken. Without the inbox the turn ends first.
   */
  private void noteSuccess(WebhookEvent event, Run run)
      throws StreamUnavailableException, StoreUnavailableException {
    Optional<ResourceVersion> resource;
    try {
      resource = plans.resourceOf(event, tools.toolOf(event));
    } catch (StoreUnavailableException away) {
      throw away;
    } catch (Exception toolHasChanged) {
      LOG.atDebug()
          .addKeyValue("entry_id", event.entryId())
          .setCause(toolHasChanged)
          .log("The resource of a stored event can't be told any more; its turn runs out");
      return;
    }
    if (resource.isPresent()) {
      order.noteSuccess(resource.get(), run);
    }
  }

  /** Empty when the event may be processed now. */
  private Optional<Outcome> takeTurn(
      WebhookEvent event, ToolConfig tool, Run run, RunContext context) {
    Optional<ResourceVersion> resource = plans.resourceOf(event, tool);
    if (resource.isEmpty()) {
      return Optional.empty();
    }
    AttemptState state = run.delivery().state();
    try {
      return switch (order.enter(resource.get(), run, context)) {
        case TAKEN -> Optional.empty();
        case STALE -> Optional.of(new Outcome.Stale(record(event, context, null)));
        case BUSY ->
            Optional.of(
                new Outcome.Snooze(
                    state.snoozed(),
                    order.pause(state.snoozes()),
                    "another event of its resource comes first"));
      };
    } catch (StreamUnavailableException away) {
      return Optional.of(infrastructureTrouble(state, away));
    }
  }

  private Conclusion leaveTurn(RunContext context, Conclusion conclusion) {
    Optional<ResourceTurns.Turn> turn = context.turn();
    if (turn.isEmpty()) {
      return conclusion;
    }
    try {
      order.leave(turn.get(), conclusion.outcome());
      return conclusion;
    } catch (StreamUnavailableException away) {
      return conclusion.withOutcome(infrastructureTrouble(context.stateWithCompleted(), away));
    }
  }

  /** Another service may quote what is stored encrypted: then its answer is not kept. */
  private List<Note> notes(ToolConfig tool, RunContext context) {
    return settings.encryption().concerns(tool)
        ? context.notes().stream().map(Note::withoutAnswer).toList()
        : context.notes();
  }

  private Outcome process(WebhookEvent event, RunContext context) throws Exception {
    long start = System.nanoTime();
    String result = processors.process(context.event(), context);
    Duration handlerTime = Duration.ofNanos(System.nanoTime() - start);
    Optional<Outcome> snoozed = context.snoozed();
    return snoozed.isPresent()
        ? snoozed.get()
        : new Outcome.Processed(record(event, context, result), false, handlerTime);
  }

  private Outcome processInInbox(WebhookEvent event, RunContext context, TransactionalInbox inbox)
      throws Exception {
    // Not inside the transaction: what processors did there would be rolled back for a wait.
    Optional<Duration> wait = forwarding.awaitTurn(context.event(), context.tool(), context);
    if (wait.isPresent()) {
      return new Outcome.Snooze(
          context.stateWithCompleted().snoozed(),
          wait.get(),
          "earlier events go to its ordered destination first");
    }
    long start = System.nanoTime();
    InboxRun inTransaction = new InboxRun(event, context);
    TransactionalInbox.Key key =
        new TransactionalInbox.Key(
            event.entryId(), event.eventId(), event.tenantId(), context.bodyHash());
    boolean first = inbox.run(key, inTransaction);
    if (!first) {
      return new Outcome.SettledBefore("the transactional inbox has it", true);
    }
    EventRecord record = inTransaction.committed();
    return new Outcome.Processed(record, true, Duration.ofNanos(System.nanoTime() - start));
  }

  private Outcome failed(
      WebhookEvent event, ToolConfig tool, RunContext context, Throwable failure) {
    Optional<Outcome> snoozed = context.snoozed();
    if (snoozed.isPresent()) {
      return snoozed.get();
    }
    AttemptState state = context.stateWithCompleted();
    RetryPolicy policy =
        ForeignCode.ask(
            processors, settings.retryPolicy(), () -> processors.policyFor(event, context));
    Throwable cause =
        context.timedOut() ? new HandlerTimeoutException(context.timeLimit()) : failure;
    return OutcomeMasking.masked(
        retries.afterFailure(state, cause, policy), settings.encryption(), event, tool);
  }

  /**
   * An outage costs no attempt. One that meets this event again and again, and at no other place,
   * is the event's own: it can't be put off for ever.
   */
  private Outcome transactionLost(
      WebhookEvent event, ToolConfig tool, RunContext context, TransactionLostException lost) {
    AttemptState state = context.stateWithCompleted();
    if (context.timedOut() || state.outages() >= MOST_OUTAGES) {
      return failed(event, tool, context, Objects.requireNonNullElse(lost.getCause(), lost));
    }
    Duration pause = PAUSE_FOR_INFRASTRUCTURE.multipliedBy(1L << state.outages());
    return new Outcome.Snooze(
        state.afterOutage(),
        pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause,
        "not the event's fault: " + lost.getMessage());
  }

  private static String noKeyFor(ToolConfig tool) {
    String problem =
        "the tool '"
            + tool.id()
            + "' names encrypt_fields and there is no key: set WORKER_ENCRYPTION_KEYS; its events"
            + " wait until then";
    LOG.atWarn().addKeyValue("problem", problem).log("An event waits for an encryption key");
    return problem;
  }

  /** Whether events of this worker are put off that may become due at any moment. */
  public boolean hasWaitingInLine() {
    return forwarding.hasWaitingInLine();
  }

  /** Which of the events that are parked at these places may run now. */
  public Wakings wakings(Set<String> parkedPlaces) {
    return gates.wakings(parkedPlaces);
  }

  /** What the stores of this pipeline's events are encrypted with. */
  public FieldEncryption encryption() {
    return settings.encryption();
  }

  /** What becomes of an event that could not be begun, because a service is away. */
  public Conclusion putOff(AttemptState state, Exception unavailable) {
    return Conclusion.of(null, infrastructureTrouble(state, unavailable));
  }

  /**
   * The outcome of a run that the dispatcher gave up because its handler ignored the interrupt.
   *
   * @param policy of the event; null when its run had not got so far
   */
  public Outcome timedOut(AttemptState state, Duration limit, @Nullable RetryPolicy policy) {
    return retries.afterFailure(
        state,
        new HandlerTimeoutException(limit),
        Objects.requireNonNullElse(policy, settings.retryPolicy()));
  }

  private EventRecord record(WebhookEvent event, RunContext context, @Nullable String result) {
    EventRecord plain =
        new EventRecord(
            event.entryId(),
            event.eventId(),
            event.eventType(),
            context.tool().id(),
            event.tenantId(),
            event.repoName(),
            event.senderName(),
            event.payloadText(),
            result,
            event.field("auth_context"),
            event.field("metadata"),
            context.correlationId(),
            context.attempt(),
            settings.clock().instant(),
            settings.workerName().get(),
            context.dlqRetries());
    return settings.encryption().encrypt(plain, context.tool());
  }

  /** What was stored and only never acknowledged is no poison. */
  private Outcome poisoned(Admitted admitted) {
    try {
      Outcome storedBefore = idempotency.storedBefore(admitted);
      return storedBefore == null ? poison(admitted.delivery()) : storedBefore;
    } catch (StoreUnavailableException notToBeAsked) {
      // It is not put off: that would forget the deliveries that make it poison.
      return poison(admitted.delivery());
    }
  }

  private static Outcome poison(Delivery delivery) {
    return new Outcome.Dead(
        DeadReason.POISON,
        delivery.state(),
        new EventRejectedException(
            "in flight at "
                + delivery.unsettledDeliveries()
                + " ends of a worker that were not clean (crash, kill, lost lease); not run again."
                + " Look for a handler that ends the process or uses up its memory"));
  }

  private static Outcome dead(Decoded.Undecodable undecodable, Delivery delivery) {
    return new Outcome.Dead(
        DeadReason.UNDECODABLE,
        delivery.state(),
        new EventRejectedException(undecodable.problem()));
  }

  private static Outcome infrastructureTrouble(AttemptState state, Exception unavailable) {
    return new Outcome.Snooze(
        state,
        PAUSE_FOR_INFRASTRUCTURE,
        "not the event's fault: " + Redaction.messageOf(unavailable),
        null,
        unavailable);
  }

  /** The work inside the inbox transaction; remembers what was committed. */
  private final class InboxRun implements TransactionalInbox.Work {

    private final WebhookEvent event;
    private final RunContext context;
    private @Nullable EventRecord record;

    InboxRun(WebhookEvent event, RunContext context) {
      this.event = event;
      this.context = context;
    }

    @Override
    public EventRecord run(TransactionalInbox.Resources resources) throws Exception {
      context.resources(resources);
      String result = processors.process(context.event(), context);
      if (context.snoozed().isPresent()) {
        throw new SnoozedException();
      }
      EventRecord made = record(event, context, result);
      record = made;
      return made;
    }

    @Override
    public Duration timeLimit() {
      return context.timeLeft().plus(GRACE_FOR_INTERRUPT);
    }

    @Override
    public boolean commits() {
      return context.commits();
    }

    @Override
    public void whenItNoLongerCounts(Runnable step) {
      context.whenItNoLongerCounts(step);
    }

    EventRecord committed() {
      EventRecord made = record;
      if (made == null) {
        throw new IllegalStateException("the transactional inbox committed without running");
      }
      return made;
    }
  }

  /** Rolls the inbox transaction back; never leaves the pipeline. */
  private static final class SnoozedException extends Exception {
    private static final long serialVersionUID = 1L;

    SnoozedException() {
      super("snoozed", null, false, false);
    }
  }
}
