package dev.webhookworker.pipeline;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.crypto.FieldEncryption;
import dev.webhookworker.forward.Forwarding;
import dev.webhookworker.limit.ToolGates;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.TransactionalInbox;
import dev.webhookworker.retry.ErrorClassification;
import dev.webhookworker.retry.RetryHandler;
import dev.webhookworker.signature.SignatureCheck;
import dev.webhookworker.signature.SignatureVerifiers;
import dev.webhookworker.spi.ErrorClassifier;
import dev.webhookworker.spi.EventInterceptor;
import dev.webhookworker.spi.EventProcessor;
import dev.webhookworker.spi.Tracing;
import dev.webhookworker.tool.ToolPlans;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline is made of, each list in the order in which it is asked.
 *
 * @param store null when events are not stored
 */
public record PipelineParts(
    WorkerConfig config,
    EventStream stream,
    @Nullable EventStore store,
    List<EventProcessor> processors,
    List<EventInterceptor> interceptors,
    EntryReader entries,
    ToolPlans plans,
    List<ErrorClassifier> classifiers,
    SignatureVerifiers verifiers,
    ToolGates gates,
    Clock clock,
    RandomGenerator random,
    FieldEncryption encryption,
    Forwarding forwarding,
    Tracing tracing) {

  /** Makes every collaborator in order. */
  public EventPipeline build() {
    Optional<TransactionalInbox> inbox = store == null ? Optional.empty() : store.inbox();
    return new EventPipeline(
        entries,
        plans,
        new SignatureCheck(verifiers, config.signatures()),
        gates,
        new IdempotencyCheck(stream, store, config.idReuse()),
        new ResourceOrder(stream.turns(), random),
        new ProcessorChain(
            processors,
            interceptors,
            new GenericProcessor(plans, forwarding),
            config.retryPolicy(),
            config.processingTimeout()),
        forwarding,
        new RetryHandler(new ErrorClassification(classifiers), clock, random),
        inbox,
        new PipelineSettings(
            config.maxDeliveries(),
            config.retryPolicy(),
            config.maxSnooze(),
            stream::consumerName,
            clock,
            encryption,
            tracing));
  }
}
