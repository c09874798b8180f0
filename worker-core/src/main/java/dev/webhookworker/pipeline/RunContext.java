package dev.webhookworker.pipeline;

import dev.webhookworker.RetryPolicy;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.forward.ForwardProgress;
import dev.webhookworker.limit.Ending;
import dev.webhookworker.limit.Permit;
import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.ResourceTurns;
import dev.webhookworker.port.TransactionalInbox;
import dev.webhookworker.spi.ProcessingContext;
import dev.webhookworker.spi.ToolConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The context of one run; used by the run's thread. */
final class RunContext implements ProcessingContext, ForwardProgress {

  private final Run run;
  private final String bodyHash;
  private final LoggingContext logging;
  private final Duration longestSnooze;

  // Mutable state, written by the run's thread.
  private WebhookEvent event;
  private ToolConfig tool = ToolConfig.DEFAULT;
  private Optional<Set<String>> routed = Optional.empty();
  private Permit permit = Permit.UNLIMITED;
  private ResourceTurns.@Nullable Turn turn;
  private final Set<String> completed = new LinkedHashSet<>();
  private final List<Note> notes = new ArrayList<>();
  private TransactionalInbox.@Nullable Resources resources;
  private @Nullable Duration snooze;
  private Duration limit = Duration.ZERO;

  /**
   * @param longestSnooze a longer wish is shortened to it
   */
  RunContext(
      WebhookEvent event,
      Run run,
      String bodyHash,
      LoggingContext logging,
      Duration longestSnooze) {
    this.event = event;
    this.run = run;
    this.bodyHash = bodyHash;
    this.logging = logging;
    this.longestSnooze = longestSnooze;
  }

  void tool(ToolConfig found) {
    tool = found;
    logging.put("tool_id", found.id());
  }

  /** The event as its tool wants it processed. */
  void event(WebhookEvent prepared) {
    event = prepared;
  }

  /** Which processors the tool's routes chose; empty for all. */
  void routed(Optional<Set<String>> chosen) {
    routed = chosen;
  }

  boolean mayRun(String processor) {
    return routed.isEmpty() || routed.get().contains(processor);
  }

  /** What the run took of its tool's limits. */
  void permit(Permit taken) {
    permit = taken;
    run.whenItNoLongerCounts(() -> taken.leave(timedOut() ? Ending.FAILURE : Ending.UNKNOWN));
  }

  Permit permit() {
    return permit;
  }

  /** The run has its turn at a resource. */
  void turn(ResourceTurns.Turn taken) {
    turn = taken;
  }

  Optional<ResourceTurns.Turn> turn() {
    return Optional.ofNullable(turn);
  }

  void resources(TransactionalInbox.Resources ofTransaction) {
    resources = ofTransaction;
  }

  /** A processor is done and is not run again; not so inside a transaction, which rolls back. */
  void completed(String processor) {
    if (resources == null) {
      completed.add(processor);
    }
  }

  @Override
  public void completedForGood(String name) {
    completed.add(name);
  }

  @Override
  public void note(String action, String detail, String answer) {
    notes.add(new Note(action, detail, answer));
  }

  List<Note> notes() {
    return List.copyOf(notes);
  }

  @Override
  public int snoozes() {
    return run.delivery().state().snoozes();
  }

  @Override
  public boolean isCompleted(String processor) {
    return run.delivery().state().completed().contains(processor);
  }

  @Override
  public int dlqRetries() {
    return run.delivery().state().dlqRetries().count();
  }

  AttemptState stateWithCompleted() {
    return run.delivery().state().completing(completed);
  }

  Optional<Outcome> snoozed() {
    return Optional.ofNullable(snooze)
        .map(
            delay ->
                new Outcome.Snooze(stateWithCompleted().snoozed(), delay, "its processor asked"));
  }

  boolean timedOut() {
    return run.timeLeft().isNegative() || run.timeLeft().isZero();
  }

  Duration timeLimit() {
    return limit;
  }

  /** Sets the run's time limit, which began with the run. */
  void limit(Duration timeout, RetryPolicy policy) {
    limit = timeout;
    run.limit(timeout, policy);
  }

  @Override
  public WebhookEvent event() {
    return event;
  }

  @Override
  public int attempt() {
    return run.delivery().state().failures() + 1;
  }

  @Override
  public String correlationId() {
    return event.correlationId();
  }

  @Override
  public ToolConfig tool() {
    return tool;
  }

  @Override
  public Instant deadline() {
    return run.deadline();
  }

  @Override
  public long fencingToken() {
    return run.delivery().fencingToken();
  }

  @Override
  public boolean cancelled() {
    return run.cancelled();
  }

  /** A short hash of the body as received. */
  String bodyHash() {
    return bodyHash;
  }

  Duration timeLeft() {
    return run.timeLeft();
  }

  /** See {@link Run#commits}. */
  boolean commits() {
    return run.commits();
  }

  void whenItNoLongerCounts(Runnable step) {
    run.whenItNoLongerCounts(step);
  }

  @Override
  public void snooze(Duration delay) {
    if (delay.isNegative()) {
      throw new IllegalArgumentException("an event can't be snoozed for " + delay);
    }
    snooze = delay.compareTo(longestSnooze) > 0 ? longestSnooze : delay;
  }

  @Override
  public Map<String, String> loggingContext() {
    return logging.values();
  }

  @Override
  public <T> T resource(Class<T> type) {
    TransactionalInbox.Resources ofTransaction = resources;
    if (ofTransaction == null) {
      throw new IllegalStateException(
          "there is no transaction to take "
              + type.getSimpleName()
              + " from: switch the transactional inbox on (WORKER_TRANSACTIONAL_INBOX=true) with"
              + " worker-postgres");
    }
    return ofTransaction.get(type);
  }
}
