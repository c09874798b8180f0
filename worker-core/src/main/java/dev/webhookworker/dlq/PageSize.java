package dev.webhookworker.dlq;

/**
 * How many entries are read at once, so that they take some megabytes at most: few at first, then
 * as many as those of the last page allow. For one thread.
 */
final class PageSize {

  private static final int FIRST = 10;
  private static final long BYTES = 8 * 1024 * 1024;

  /** What an entry takes beside its fields, about. */
  private static final int OVERHEAD = 1024;

  private final int most;
  private int next;

  PageSize(int most) {
    this.most = most;
    next = Math.min(FIRST, most);
  }

  int next() {
    return next;
  }

  /**
   * @param entries how many were read, at least one
   * @param bytes of their fields together
   */
  void fit(int entries, long bytes) {
    long each = OVERHEAD + bytes / entries;
    next = (int) Math.max(1, Math.min(most, BYTES / each));
  }
}
