package dev.webhookworker;

/** What the {@code traceparent} that comes with an event is to the worker's own spans. */
public enum TraceRelation {
  /** Their parent: the trace goes on, recorded or not as its sender has decided. */
  PARENT,
  /** A link: they have a trace of their own, which names the other. */
  LINK,
  /** Nothing. */
  IGNORE
}
