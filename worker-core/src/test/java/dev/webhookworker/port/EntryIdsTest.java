package dev.webhookworker.port;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EntryIdsTest {

  @Test
  void anIdOfTheFirstPartitionNamesNone() {
    assertThat(EntryIds.partition("1700000000000-7")).isZero();
    assertThat(EntryIds.millis("1700000000000-7")).isEqualTo(1_700_000_000_000L);
    assertThat(EntryIds.sequence("1700000000000-7")).isEqualTo(7);
    assertThat(EntryIds.millis("1700000000000")).isEqualTo(1_700_000_000_000L);
  }

  @Test
  void anIdOfALaterPartitionNamesIt() {
    assertThat(EntryIds.partition("1700000000000-7@12")).isEqualTo(12);
    assertThat(EntryIds.sequence("1700000000000-7@12")).isEqualTo(7);
    assertThat(EntryIds.time("1700000000000-7@12").toEpochMilli()).isEqualTo(1_700_000_000_000L);
  }

  @Test
  void idsAreOrderedAsNumbersAndThenByPartition() {
    assertThat(EntryIds.compare("5-9", "5-10")).isNegative();
    assertThat(EntryIds.compare("5-9", "40-0")).isNegative();
    assertThat(EntryIds.compare("5-9", "5-9@1")).isNegative();
    assertThat(EntryIds.compare("5-9@1", "5-9@1")).isZero();
  }
}
