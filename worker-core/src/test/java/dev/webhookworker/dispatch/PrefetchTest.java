package dev.webhookworker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrefetchTest {

  private static final long MEBIBYTE = 1L << 20;

  @Test
  void aBatchOfTheLargestEventsFitsIntoAShareOfASmallHeap() {
    assertThat(Prefetch.affordableBatch(100, MEBIBYTE, 128 * MEBIBYTE)).isEqualTo(16);
    assertThat(Prefetch.affordableBytes(16 * MEBIBYTE, 64 * MEBIBYTE)).isEqualTo(8 * MEBIBYTE);
  }

  @Test
  void aLargeHeapLeavesTheSettingsAsTheyAre() {
    assertThat(Prefetch.affordableBatch(100, MEBIBYTE, 4096 * MEBIBYTE)).isEqualTo(100);
    assertThat(Prefetch.affordableBytes(16 * MEBIBYTE, 4096 * MEBIBYTE)).isEqualTo(16 * MEBIBYTE);
  }

  @Test
  void oneEventIsAlwaysAffordable() {
    assertThat(Prefetch.affordableBatch(100, 1024 * MEBIBYTE, 64 * MEBIBYTE)).isEqualTo(1);
  }

  @Test
  void fastHandlersHoldMoreThanSlowOnes() {
    Prefetch fast = new Prefetch(10, 100, 16 * MEBIBYTE);
    Prefetch slow = new Prefetch(10, 100, 16 * MEBIBYTE);
    for (int i = 0; i < 1_000; i++) {
      fast.ran(100_000, 1_000);
      slow.ran(1_000_000_000, 1_000);
    }
    assertThat(fast.capacity()).isEqualTo(1_010);
    assertThat(slow.capacity()).isLessThanOrEqualTo(11);
  }
}
