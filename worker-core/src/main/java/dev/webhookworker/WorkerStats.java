package dev.webhookworker;

/**
 * Figures of this worker since it was started; not of the group.
 *
 * @param processed events processed, stored and acknowledged
 * @param duplicates duplicates acknowledged
 * @param retriesScheduled failed runs whose retry was scheduled
 * @param deadLettered events that became dead letters
 * @param held events received and not settled now
 * @param active handler threads that run now
 * @param stuckHandlers handlers that ignored their interrupt and still occupy a thread
 */
public record WorkerStats(
    long processed,
    long duplicates,
    long retriesScheduled,
    long deadLettered,
    int held,
    int active,
    int stuckHandlers) {}
