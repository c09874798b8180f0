package dev.webhookworker;

/**
 * How traces of others go on here; see docs/traces.md. Immutable; the {@code with} methods return a
 * changed copy.
 *
 * @param entry what the {@code traceparent} of a stream entry is: {@code PARENT} by default,
 *     because whoever may write to the stream is trusted
 * @param request what the {@code traceparent} of a request to the ingest endpoint is: {@code LINK}
 *     by default, because a sender from outside should not decide what is recorded here
 */
public record TraceSettings(TraceRelation entry, TraceRelation request) {

  public static final TraceSettings DEFAULTS =
      new TraceSettings(TraceRelation.PARENT, TraceRelation.LINK);

  public TraceSettings withEntry(TraceRelation value) {
    return new TraceSettings(value, request);
  }

  public TraceSettings withRequest(TraceRelation value) {
    return new TraceSettings(entry, value);
  }
}
