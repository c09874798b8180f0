package dev.webhookworker;

/**
 * The figures of a look for lost events.
 *
 * @param marks looked at
 * @param lost found
 * @param requeued scheduled again
 */
public record ReconcileReport(long marks, int lost, int requeued) {}
