package dev.webhookworker;

/**
 * What was erased, or would be.
 *
 * @param matched events concerned
 * @param events rows of processed events
 * @param deadLetters rows of dead letters
 * @param inboxRows rows of the transactional inbox
 * @param queued dead letters and retries of the queue
 * @param marks idempotency marks
 */
public record ErasureReport(
    int matched, int events, int deadLetters, int inboxRows, int queued, int marks) {}
