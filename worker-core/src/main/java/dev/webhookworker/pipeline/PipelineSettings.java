package dev.webhookworker.pipeline;

import dev.webhookworker.RetryPolicy;
import dev.webhookworker.spi.Tracing;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * What the pipeline takes from the configuration.
 *
 * @param maxDeliveries unclean ends after which an event is poison
 * @param retryPolicy the worker's policy
 * @param longestSnooze a processor's longer wish is shortened to it
 * @param workerName the consumer name, known once the stream is open
 */
record PipelineSettings(
    int maxDeliveries,
    RetryPolicy retryPolicy,
    Duration longestSnooze,
    Supplier<String> workerName,
    Clock clock,
    dev.webhookworker.crypto.FieldEncryption encryption,
    Tracing tracing) {}
