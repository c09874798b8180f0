package dev.webhookworker.pipeline;

import dev.webhookworker.port.Admission;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.Delivery;
import org.jspecify.annotations.Nullable;

/**
 * A delivery with the answer of the idempotency marks.
 *
 * @param delivery the entry
 * @param claim null when the entry has no usable event id, which ends in the decoder
 * @param admission null exactly when {@code claim} is
 */
public record Admitted(Delivery delivery, @Nullable Claim claim, @Nullable Admission admission) {}
