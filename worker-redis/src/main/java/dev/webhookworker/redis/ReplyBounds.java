package dev.webhookworker.redis;

import dev.webhookworker.Limits;
import dev.webhookworker.WorkerConfig;

/**
 * What a process can hold of entries that anybody may have written. Redis judges by it before the
 * fields leave it.
 *
 * @param largestEntry in bytes, names included; no event that is within the limits has more
 * @param mostBytes of one reply, up to the entry that goes beyond it
 */
record ReplyBounds(long largestEntry, long mostBytes) {

  /** The payload, the metadata and the auth context may each be as large as a payload. */
  private static final int LARGE_FIELDS = 3;

  private static final int REST_OF_AN_ENTRY = 64 * 1024;

  /** Far more than a record ever has: its messages are shortened, its attempts are few. */
  private static final long LARGEST_RECORD = 4L * 1024 * 1024;

  private static final int SHARE_OF_A_DEAD_LETTER = 8;
  private static final int SHARE_OF_HEAP = 16;
  private static final long LEAST = 1024L * 1024;

  /**
   * For dead letters. They have a record beside the entry, and may be of a time when the limits
   * were wider: all are read that a process can hold.
   */
  static ReplyBounds ofDeadLetters(WorkerConfig config) {
    ReplyBounds entries = of(config);
    return new ReplyBounds(
        Math.max(
            entries.largestEntry + LARGEST_RECORD,
            Runtime.getRuntime().maxMemory() / SHARE_OF_A_DEAD_LETTER),
        entries.mostBytes);
  }

  static ReplyBounds of(WorkerConfig config) {
    return of(config.limits(), config.prefetchBytes(), Runtime.getRuntime().maxMemory());
  }

  static ReplyBounds of(Limits limits, long prefetchBytes, long heap) {
    return new ReplyBounds(
        (long) LARGE_FIELDS * limits.maxPayloadBytes() + REST_OF_AN_ENTRY,
        Math.max(LEAST, Math.min(prefetchBytes, heap / SHARE_OF_HEAP)));
  }
}
