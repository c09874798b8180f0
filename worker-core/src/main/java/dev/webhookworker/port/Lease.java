package dev.webhookworker.port;

/**
 * The right to settle one delivery of one entry.
 *
 * <p>A lease is held as long as {@code count} is still the entry's number of deliveries at its
 * source and this consumer is the one that was delivered to; every transfer to another run raises
 * the number, which makes an outlived lease recognisable.
 *
 * @param entryId the original stream entry id, {@code <ms>-<seq>}; kept through retries
 * @param source where the entry was taken from
 * @param count grows with every delivery at the source: the delivery counter of a pending entry,
 *     the fencing token of a leased retry
 * @param fencingToken of the run: larger than those of every earlier run of this event
 */
public record Lease(String entryId, Source source, long count, long fencingToken) {}
