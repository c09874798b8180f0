package dev.webhookworker.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressBlockTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 192.0.2.255, true",
    "192.0.2.77/24, 192.0.2.1, true",
    "192.0.2.0/24, 192.0.3.0, false",
    "192.0.2.128/25, 192.0.2.127, false",
    "0.0.0.0/0, 203.0.113.5, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "192.0.2.5, 192.0.2.5, true",
    "192.0.2.5, 192.0.2.6, false",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "::/0, ::1, true"
  })
  void aBlockHoldsWhatItsBitsSay(String block, String address, boolean held) {
    assertThat(AddressBlock.parse(block).contains(AddressBlock.address(address).orElseThrow()))
        .isEqualTo(held);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "192.0.2",
        "192.0.2.0/33",
        "192.0.2.0/x",
        "256.1.1.1",
        "1.2.3.4.5",
        "2001:db8::/129",
        "0x7f.0.0.1",
        "2130706433"
      })
  void whatIsNoBlockIsRefused(String text) {
    assertThatThrownBy(() -> AddressBlock.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aNameIsNeverLookedUp() {
    assertThat(AddressBlock.address("localhost")).isEqualTo(Optional.empty());
  }
}
