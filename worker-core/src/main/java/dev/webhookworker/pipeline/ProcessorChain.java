package dev.webhookworker.pipeline;

import dev.webhookworker.RetryPolicy;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.EventInterceptor;
import dev.webhookworker.spi.EventProcessor;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.tool.InlineTools;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The processors in their order, then the tool's mode, inside the interceptors. */
final class ProcessorChain {

  private final List<EventProcessor> processors;
  private final List<EventInterceptor> interceptors;
  private final GenericProcessor generic;
  private final RetryPolicy retryPolicy;
  private final Duration timeout;

  ProcessorChain(
      List<EventProcessor> processors,
      List<EventInterceptor> interceptors,
      GenericProcessor generic,
      RetryPolicy retryPolicy,
      Duration timeout) {
    this.processors = List.copyOf(processors);
    this.interceptors = List.copyOf(interceptors);
    this.generic = generic;
    this.retryPolicy = retryPolicy;
    this.timeout = timeout;
  }

  /**
   * Runs what supports the event, then does what its tool's mode asks; the transformed payload
   * where the mode made one.
   */
  @Nullable String process(WebhookEvent event, RunContext context) throws Exception {
    List<EventProcessor> supporting = supporting(event, context);
    String[] result = new String[1];
    intercepted(
        event,
        context,
        () -> {
          runAll(supporting, event, context);
          if (context.snoozed().isEmpty()) {
            result[0] = generic.process(event, context.tool(), context);
          }
        });
    return result[0];
  }

  private static void runAll(
      List<EventProcessor> supporting, WebhookEvent event, RunContext context) throws Exception {
    for (EventProcessor processor : supporting) {
      if (!context.isCompleted(processor.name())) {
        processor.process(event, context);
        if (context.snoozed().isPresent()) {
          return;
        }
        context.completed(processor.name());
      }
    }
  }

  private void intercepted(
      WebhookEvent event, RunContext context, EventInterceptor.Processing innermost)
      throws Exception {
    EventInterceptor.Processing processing = innermost;
    for (int i = interceptors.size() - 1; i >= 0; i--) {
      EventInterceptor interceptor = interceptors.get(i);
      EventInterceptor.Processing inner = processing;
      processing = () -> interceptor.around(event, context, inner);
    }
    processing.proceed();
  }

  /** The worker's own limit. */
  Duration usualTimeout() {
    return timeout;
  }

  /** The longest of the processors' own limits; else the event rule's, tool's, worker's. */
  Duration timeoutFor(WebhookEvent event, RunContext context) {
    ToolConfig tool = context.tool();
    Duration longest = Duration.ZERO;
    for (EventProcessor processor : processors) {
      Optional<Duration> own = processor.timeout();
      if (own.isPresent()
          && own.get().compareTo(longest) > 0
          && context.mayRun(processor.name())
          && processor.supports(event)) {
        longest = own.get();
      }
    }
    return longest.isZero() ? timeoutOf(event, tool) : longest;
  }

  /** What comes with an event may shorten its time and not lengthen it. */
  private Duration timeoutOf(WebhookEvent event, ToolConfig tool) {
    Duration own =
        ofRule(event, tool, ToolConfig.EventRule::timeout)
            .or(() -> Optional.ofNullable(tool.timeout()))
            .orElse(timeout);
    return InlineTools.isInline(tool.id()) && own.compareTo(timeout) > 0 ? timeout : own;
  }

  /** The first processor's own policy; else the event rule's, the tool's, the worker's. */
  RetryPolicy policyFor(WebhookEvent event, RunContext context) {
    ToolConfig tool = context.tool();
    for (EventProcessor processor : processors) {
      Optional<RetryPolicy> own = processor.retryPolicy();
      if (own.isPresent() && context.mayRun(processor.name()) && processor.supports(event)) {
        return own.get();
      }
    }
    return ofRule(event, tool, ToolConfig.EventRule::retryPolicy)
        .or(() -> Optional.ofNullable(tool.retryPolicy()))
        .orElse(retryPolicy);
  }

  private static <T> Optional<T> ofRule(
      WebhookEvent event, ToolConfig tool, Function<ToolConfig.EventRule, @Nullable T> setting) {
    return tool.events().isEmpty()
        ? Optional.empty()
        : tool.ruleFor(event.eventType()).map(setting);
  }

  private List<EventProcessor> supporting(WebhookEvent event, RunContext context) {
    List<EventProcessor> supporting = new ArrayList<>(processors.size());
    for (EventProcessor processor : processors) {
      if (context.mayRun(processor.name()) && processor.supports(event)) {
        supporting.add(processor);
      }
    }
    return supporting;
  }
}
