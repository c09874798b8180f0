package dev.webhookworker.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Every meter of the worker: its name, type, unit, labels and what it says. docs/metrics.md has the
 * same table; a test holds the two together. Nothing registers a meter of the worker but this.
 *
 * <p>A label's values are few and known beforehand, but for {@code event_type}, {@code tool} and
 * {@code destination}, which {@link EventTypeLabels} bounds. An id, an error's text or an attempt's
 * number is never a label.
 */
enum WorkerMeter {
  EVENTS_RECEIVED(Kind.COUNTER, "webhook.events.received", "", "events taken in", "event_type"),
  EVENTS_PROCESSED(
      Kind.COUNTER,
      "webhook.events.processed",
      "",
      "events that reached an end: `processed`, `duplicate`, `stale` or `dead_letter`",
      "event_type",
      "outcome"),
  PROCESSING(
      Kind.HISTOGRAM,
      "webhook.event.processing.duration",
      "seconds",
      "time that the handlers of a processed event took",
      "event_type"),
  RETRIES(Kind.COUNTER, "webhook.retry.attempts", "", "retries scheduled", "event_type"),
  SNOOZED(
      Kind.COUNTER,
      "webhook.events.snoozed",
      "",
      "events put off without using up an attempt",
      "event_type"),
  HELD_BACK(
      Kind.COUNTER,
      "webhook.tool.held.back",
      "",
      "events put off because their tool is at a limit or its circuit is open",
      "tool"),
  TOOL_CIRCUIT(
      Kind.GAUGE,
      "webhook.tool.circuit.open",
      "",
      "1 while the circuit of a tool is not closed, else 0",
      "tool"),
  FORWARDED(
      Kind.COUNTER,
      "webhook.forward.requests",
      "",
      "requests to a destination: `2xx` to `5xx`, `timeout`, `unreachable`, `forbidden` or `abandoned`",
      "tool",
      "destination",
      "result"),
  DESTINATION_CIRCUIT(
      Kind.GAUGE,
      "webhook.destination.circuit.open",
      "",
      "1 while the circuit of a destination is not closed, else 0",
      "tool",
      "destination"),
  DESTINATIONS_DISABLED(
      Kind.COUNTER,
      "webhook.destinations.disabled",
      "",
      "destinations that were disabled because they had failed for so long"),
  PAYLOAD(Kind.SUMMARY, "webhook.payload.size", "bytes", "payloads of processed events"),
  RECLAIMED(
      Kind.COUNTER, "webhook.events.reclaimed", "", "entries taken over from another consumer"),
  VANISHED(
      Kind.COUNTER, "webhook.events.vanished", "", "pending entries that somebody else trimmed"),
  LEASES_LOST(Kind.COUNTER, "webhook.leases.lost", "", "runs whose lease passed to another worker"),
  POISON(
      Kind.COUNTER,
      "webhook.events.poison",
      "",
      "dead letters of events that ended their worker too often"),
  DLQ_ENTRIES(Kind.COUNTER, "webhook.dlq.entries", "", "events that became dead letters", "reason"),
  DLQ_RETRIES(Kind.COUNTER, "webhook.dlq.retries", "", "retries of dead letters"),
  DLQ_DRAINED(Kind.COUNTER, "webhook.dlq.drained", "", "dead letters written to the table"),
  DLQ_OPEN(Kind.GAUGE, "webhook.dlq.open", "", "open dead letters"),
  DLQ_UNREADABLE(Kind.GAUGE, "webhook.dlq.unreadable", "", "open dead letters that can't be read"),
  SETTLE_TIME(
      Kind.TIMER, "webhook.settle.duration", "seconds", "time to make a batch of outcomes durable"),
  SETTLE_BATCH(Kind.SUMMARY, "webhook.settle.batch.size", "", "outcomes settled together"),
  DEPTH(
      Kind.GAUGE,
      "webhook.queue.depth",
      "",
      "events to be worked off now: lag, pending and retries due"),
  LAG(Kind.GAUGE, "webhook.queue.lag", "", "entries not yet given to a worker"),
  STREAM_LENGTH(
      Kind.GAUGE,
      "webhook.queue.stream.length",
      "",
      "entries in the stream, those included that are done and not trimmed yet"),
  STREAM_KEPT(
      Kind.GAUGE,
      "webhook.queue.stream.kept",
      "",
      "entries that stay in the stream because another group has not read them, up to 1,000"),
  PENDING(Kind.GAUGE, "webhook.queue.pending", "", "entries given to a worker and not settled"),
  OLDEST(
      Kind.GAUGE,
      "webhook.queue.oldest.age",
      "seconds",
      "age of the oldest entry that is not settled"),
  RETRIES_DUE(Kind.GAUGE, "webhook.retries.due", "", "retries whose time has come"),
  RETRIES_WAITING(
      Kind.GAUGE,
      "webhook.retries.waiting",
      "",
      "retries whose time is still to come, or that run"),
  HELD(Kind.GAUGE, "webhook.events.held", "", "events in flight: received and not settled"),
  ACTIVE(Kind.GAUGE, "webhook.handlers.active", "", "handlers that run now"),
  SLOTS(Kind.GAUGE, "webhook.handlers.slots", "", "handlers that may run at once"),
  STUCK(Kind.GAUGE, "webhook.handlers.stuck", "", "handlers that ignored their interrupt"),
  POOL_CONNECTIONS(
      Kind.GAUGE,
      "webhook.pool.connections",
      "",
      "connections of a pool (`redis`, `database`) that are `active` or `idle`",
      "pool",
      "state"),
  POOL_WAITING(
      Kind.GAUGE, "webhook.pool.waiting", "", "threads that wait for a connection", "pool"),
  POOL_MAX(Kind.GAUGE, "webhook.pool.max", "", "most connections of a pool", "pool"),
  INGEST(
      Kind.COUNTER,
      "webhook.ingest.requests",
      "",
      "requests that the ingest endpoint answered, by HTTP status",
      "status"),
  PUBLISHED(
      Kind.COUNTER,
      "webhook.events.published",
      "",
      "events that a publisher of this process put on the stream"),
  DLQ_OPEN_BY_REASON(
      Kind.GAUGE,
      "webhook.dlq.open.by.reason",
      "",
      "open dead letters by why they are dead",
      "reason"),
  MEMORY_ALLOCATED(Kind.GAUGE, "webhook.memory.allocated", "bytes", "heap in use"),
  MEMORY_LIVE(Kind.GAUGE, "webhook.memory.live", "bytes", "heap in use after the last collection"),
  MEMORY_LIMIT(Kind.GAUGE, "webhook.memory.limit", "bytes", "largest heap"),
  CONTAINER_USED(
      Kind.GAUGE,
      "webhook.container.memory.used",
      "bytes",
      "memory of the container without what the system can take back; NaN outside of one"),
  CONTAINER_LIMIT(
      Kind.GAUGE,
      "webhook.container.memory.limit",
      "bytes",
      "what the container may use; NaN without a limit"),
  THREADS(
      Kind.GAUGE,
      "webhook.goroutines",
      "",
      "live platform threads; the name is kept for existing dashboards"),
  CPU_SHARE(
      Kind.GAUGE,
      "webhook.cpu.used.ratio",
      "",
      "processor time of the last minute against what the container, else the machine, gives; NaN"
          + " before"),
  GC_RUNS(Kind.FUNCTION_COUNTER, "webhook.gc.runs", "", "garbage collections"),
  GC_TIME(Kind.FUNCTION_COUNTER, "webhook.gc.time", "seconds", "time spent in garbage collections");

  /** What a meter is for Micrometer. */
  enum Kind {
    COUNTER,
    FUNCTION_COUNTER,
    GAUGE,
    SUMMARY,
    TIMER,
    HISTOGRAM
  }

  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofMillis(2500),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofSeconds(120)
  };

  private final Kind kind;
  private final String meterName;
  private final String unit;
  private final String meaning;

  /** With commas between: a list is not known to be immutable. */
  private final String labels;

  WorkerMeter(Kind kind, String meterName, String unit, String meaning, String... labels) {
    this.kind = kind;
    this.meterName = meterName;
    this.unit = unit;
    this.meaning = meaning;
    this.labels = String.join(",", labels);
  }

  String meterName() {
    return meterName;
  }

  String meaning() {
    return meaning;
  }

  List<String> labels() {
    return labels.isEmpty() ? List.of() : List.of(labels.split(",", -1));
  }

  /** The name at {@code /metrics}; of timers and summaries what their series begin with. */
  String prometheusName() {
    String base = meterName.replace('.', '_') + (unit.isEmpty() ? "" : "_" + unit);
    return switch (kind) {
      case COUNTER, FUNCTION_COUNTER -> base + "_total";
      case GAUGE -> this == THREADS ? base + "_total" : base;
      case SUMMARY, TIMER, HISTOGRAM -> base;
    };
  }

  /** The type at {@code /metrics}. */
  String prometheusType() {
    return switch (kind) {
      case COUNTER, FUNCTION_COUNTER -> "counter";
      case GAUGE -> "gauge";
      case SUMMARY, TIMER -> "summary";
      case HISTOGRAM -> "histogram";
    };
  }

  private String description() {
    String plain = meaning.replace("`", "");
    return plain.substring(0, 1).toUpperCase(Locale.ROOT) + plain.substring(1);
  }

  private String[] tags(String... values) {
    List<String> names = labels();
    if (values.length != names.size()) {
      throw new IllegalArgumentException(meterName + " has the labels " + labels);
    }
    String[] tags = new String[2 * values.length];
    for (int i = 0; i < values.length; i++) {
      tags[2 * i] = names.get(i);
      tags[2 * i + 1] = values[i];
    }
    return tags;
  }

  Counter counter(MeterRegistry registry, String... values) {
    return Counter.builder(meterName)
        .description(description())
        .tags(tags(values))
        .register(registry);
  }

  <T> void gauge(MeterRegistry registry, T source, ToDoubleFunction<T> figure, String... values) {
    Gauge.builder(meterName, source, figure)
        .description(description())
        .baseUnit(unit.isEmpty() ? null : unit)
        .tags(tags(values))
        .strongReference(true)
        .register(registry);
  }

  <T> void functionCounter(MeterRegistry registry, T source, ToDoubleFunction<T> figure) {
    FunctionCounter.builder(meterName, source, figure)
        .description(description())
        .baseUnit(unit.isEmpty() ? null : unit)
        .register(registry);
  }

  Timer timer(MeterRegistry registry, String... values) {
    Timer.Builder timer = Timer.builder(meterName).description(description()).tags(tags(values));
    return (kind == Kind.HISTOGRAM ? timer.serviceLevelObjectives(BUCKETS) : timer)
        .register(registry);
  }

  DistributionSummary summary(MeterRegistry registry) {
    return DistributionSummary.builder(meterName)
        .description(description())
        .baseUnit(unit.isEmpty() ? null : unit)
        .register(registry);
  }
}
