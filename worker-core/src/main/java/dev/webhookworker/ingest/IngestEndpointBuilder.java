package dev.webhookworker.ingest;

import dev.webhookworker.EventPublisher;
import dev.webhookworker.IngestSettings;
import dev.webhookworker.Limits;
import dev.webhookworker.SignaturePolicy;
import dev.webhookworker.TraceRelation;
import dev.webhookworker.signature.SignatureVerifiers;
import dev.webhookworker.spi.SignatureVerifier;
import dev.webhookworker.spi.ToolDirectory;
import dev.webhookworker.spi.Tracing;
import dev.webhookworker.spi.WorkerListener;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Collects what an {@link IngestEndpoint} is made of. Not thread-safe. */
public final class IngestEndpointBuilder {

  final ToolDirectory tools;
  final EventPublisher publisher;
  IngestSettings settings = IngestSettings.DEFAULTS;
  Limits limits = Limits.DEFAULTS;
  SignaturePolicy signatures = SignaturePolicy.WHEN_PRESENT;
  SignatureVerifiers verifiers = SignatureVerifiers.OWN;
  Supplier<OptionalLong> depth = OptionalLong::empty;
  WorkerListener listener = WorkerListener.NOOP;
  Tracing tracing = Tracing.NONE;
  TraceRelation traces = TraceRelation.LINK;
  Clock clock = Clock.systemUTC();
  LongSupplier nanoTime = System::nanoTime;

  IngestEndpointBuilder(ToolDirectory tools, EventPublisher publisher) {
    this.tools = tools;
    this.publisher = publisher;
  }

  /** Rates, proxies and the depth limit; {@link IngestSettings#DEFAULTS} by default. */
  public IngestEndpointBuilder settings(IngestSettings value) {
    settings = value;
    return this;
  }

  /** What a body may be; {@link Limits#DEFAULTS} by default. The worker's should be the same. */
  public IngestEndpointBuilder limits(Limits value) {
    limits = value;
    return this;
  }

  /**
   * The worker's policy: with {@code REQUIRED} events carry the headers that prove them. {@code
   * WHEN_PRESENT} by default.
   */
  public IngestEndpointBuilder signatures(SignaturePolicy value) {
    signatures = value;
    return this;
  }

  /** Signature schemes besides the worker's own. */
  public IngestEndpointBuilder signatureVerifiers(List<SignatureVerifier> further) {
    verifiers = SignatureVerifiers.with(further);
    return this;
  }

  /** How many events wait, as last measured; empty while unknown. Unknown by default. */
  public IngestEndpointBuilder depth(Supplier<OptionalLong> value) {
    depth = value;
    return this;
  }

  /** Is told of answers; nobody by default. */
  public IngestEndpointBuilder listener(WorkerListener value) {
    listener = value;
    return this;
  }

  /**
   * What follows requests for a tracer; nothing by default.
   *
   * @param relation what a request's {@code traceparent} is, {@code LINK} by default
   */
  public IngestEndpointBuilder tracing(Tracing value, TraceRelation relation) {
    tracing = value;
    traces = relation;
    return this;
  }

  /** The clock that timestamps are held against; the system's by default. For tests. */
  public IngestEndpointBuilder clock(Clock value) {
    clock = value;
    return this;
  }

  /** The time of the rate limits; {@code System.nanoTime} by default. For tests. */
  IngestEndpointBuilder nanoTime(LongSupplier value) {
    nanoTime = value;
    return this;
  }

  /**
   * The endpoint.
   *
   * @throws IllegalArgumentException when a trusted proxy is no block of addresses
   */
  public IngestEndpoint build() {
    return new IngestEndpoint(this);
  }
}
