package dev.webhookworker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrefetchTest {

  private static final long MEBIBYTE = 1L << 20;

  @Test
  void aBatchOfTheLargestEventsFitsIntoAShareOfASmallHeap() {
    assertThat(afterEventsOf(MEBIBYTE, prefetch(64 * MEBIBYTE)).batch()).isEqualTo(8);
    assertThat(Prefetch.affordableBytes(16 * MEBIBYTE, 64 * MEBIBYTE)).isEqualTo(8 * MEBIBYTE);
  }

  @Test
  void aLargeHeapLeavesTheSettingsAsTheyAre() {
    assertThat(prefetch(4096 * MEBIBYTE).batch()).isEqualTo(100);
    assertThat(Prefetch.affordableBytes(16 * MEBIBYTE, 4096 * MEBIBYTE)).isEqualTo(16 * MEBIBYTE);
  }

  @Test
  void oneEventIsAlwaysAffordable() {
    assertThat(prefetch(MEBIBYTE / 2).batch()).isEqualTo(1);
  }

  @Test
  void smallEventsAreReadByTheWholeBatchInAnOrdinaryHeap() {
    assertThat(prefetch(512 * MEBIBYTE).batch()).isEqualTo(100);
  }

  @Test
  void aReadOfLargerEventsTakesFewer() {
    assertThat(afterEventsOf(10_240, prefetch(512 * MEBIBYTE)).batchOfBacklog()).isBetween(45, 55);
    assertThat(afterEventsOf(MEBIBYTE, prefetch(4096 * MEBIBYTE)).batchOfBacklog()).isEqualTo(10);
    assertThat(afterEventsOf(1_000, prefetch(4096 * MEBIBYTE)).batchOfBacklog()).isEqualTo(300);
  }

  @Test
  void twoReadsThatTurnOutLargeFitWhereOneDoes() {
    for (long heap : new long[] {MEBIBYTE / 2, 127 * MEBIBYTE, 512 * MEBIBYTE, 4096 * MEBIBYTE}) {
      Prefetch prefetch = prefetch(heap);
      assertThat(prefetch.batchAhead())
          .isPositive()
          .isLessThanOrEqualTo((int) Math.max(1, heap / MEBIBYTE / 8));
    }
    assertThat(prefetch(512 * MEBIBYTE).batchAhead()).isEqualTo(64);
  }

  private static Prefetch afterEventsOf(long bytes, Prefetch prefetch) {
    for (int i = 0; i < 1_000; i++) {
      prefetch.ran(1, bytes);
    }
    return prefetch;
  }

  private static Prefetch prefetch(long heap) {
    return new Prefetch(10, 100, 16 * MEBIBYTE, Prefetch.Reads.affordable(100, MEBIBYTE, heap));
  }

  @Test
  void fastHandlersHoldMoreThanSlowOnes() {
    Prefetch fast = prefetch(512 * MEBIBYTE);
    Prefetch slow = prefetch(512 * MEBIBYTE);
    for (int i = 0; i < 1_000; i++) {
      fast.ran(100_000, 1_000);
      slow.ran(1_000_000_000, 1_000);
    }
    assertThat(fast.capacity()).isEqualTo(2_010);
    assertThat(slow.capacity()).isLessThanOrEqualTo(11);
  }

  @Test
  void largerEventsAreHeldUpToTheirBytes() {
    Prefetch large = afterEventsOf(10_240, prefetch(512 * MEBIBYTE));
    assertThat((large.capacity() - 10) * 10_240L).isBetween(7 * MEBIBYTE, 8 * MEBIBYTE);
    assertThat(afterEventsOf(4 * MEBIBYTE, prefetch(512 * MEBIBYTE)).capacity()).isPositive();
  }
}
