package dev.webhookworker.dispatch;

import dev.webhookworker.ToolSettings;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.crypto.FieldEncryption;
import dev.webhookworker.forward.Forwarding;
import dev.webhookworker.limit.ToolGates;
import dev.webhookworker.pipeline.EntryReader;
import dev.webhookworker.pipeline.EventPipeline;
import dev.webhookworker.pipeline.PipelineParts;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.signature.SignatureVerifiers;
import dev.webhookworker.spi.EventHandler;
import dev.webhookworker.spi.EventProcessor;
import dev.webhookworker.spi.Tracing;
import dev.webhookworker.spi.WorkerListener;
import dev.webhookworker.tool.PayloadSchemas;
import dev.webhookworker.tool.ToolPlans;
import java.time.Clock;
import java.util.List;
import java.util.Random;

/** Real pipelines for tests that need no tools. */
public final class Pipelines {

  private Pipelines() {}

  /** One with a single processor for everything. */
  public static EventPipeline with(
      WorkerConfig config,
      EventStream stream,
      EventStore store,
      Clock clock,
      EventHandler handler) {
    return with(
        config,
        stream,
        store,
        new ToolGates(0, WorkerListener.NOOP),
        clock,
        new Random(1),
        handler::handle);
  }

  /** One with these limits and a single processor. */
  public static EventPipeline with(
      WorkerConfig config,
      EventStream stream,
      EventStore store,
      ToolGates gates,
      Clock clock,
      Random random,
      EventProcessor processor) {
    EntryReader entries = new EntryReader(config, List.of());
    return new PipelineParts(
            config,
            stream,
            store,
            List.of(processor),
            List.of(),
            entries,
            new ToolPlans(List.of(), new PayloadSchemas(ToolSettings.DEFAULTS)),
            List.of(),
            SignatureVerifiers.OWN,
            gates,
            clock,
            random,
            new FieldEncryption(config.encryption()),
            Forwarding.of(
                config, stream, entries, WorkerListener.NOOP, clock, random, Tracing.NONE),
            Tracing.NONE)
        .build();
  }
}
