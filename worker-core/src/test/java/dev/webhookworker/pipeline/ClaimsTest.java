package dev.webhookworker.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.Limits;
import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.Source;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClaimsTest {

  private final Claims claims = new Claims(Limits.DEFAULTS);

  @Test
  void theSameBodyHasTheSameHashAndEveryOtherAnother() {
    byte[] body =
        "{\"amount\":1000,\"currency\":\"EUR\",\"to\":\"ada\"}".repeat(20).getBytes(UTF_8);
    String hash = hashOf(body);
    assertThat(hashOf(body.clone())).isEqualTo(hash);

    Set<String> hashes = new HashSet<>(Set.of(hash));
    for (int bit = 0; bit < body.length * Byte.SIZE; bit++) {
      byte[] other = body.clone();
      other[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      hashes.add(hashOf(other));
    }
    hashes.add(hashOf(new byte[0]));
    assertThat(hashes).hasSize(body.length * Byte.SIZE + 2);
  }

  @Test
  void anIdThatComesAgainWithAnotherTypeIsAnotherEvent() {
    byte[] body = "{}".getBytes(UTF_8);
    assertThat(Set.of(hashOf("orders/create", body), hashOf("orders/paid", body), hashOf(body)))
        .hasSize(3);
    assertThat(hashOf("a", "b{}".getBytes(UTF_8))).isNotEqualTo(hashOf("ab", body));
  }

  @Test
  void aMarkStaysShort() {
    assertThat(hashOf("{}".getBytes(UTF_8))).hasSize(11);
  }

  private String hashOf(byte[] body) {
    return hashOf("", body);
  }

  private String hashOf(String type, byte[] body) {
    EntryFields fields =
        EntryFields.builder(3)
            .add("event_id", "1".getBytes(UTF_8))
            .add("event_type", type.getBytes(UTF_8))
            .add("payload", body)
            .build();
    Lease lease = new Lease("1-0", Source.STREAM, 1, 1);
    Claim claim = claims.of(new Delivery(lease, fields, AttemptState.NEW, 0, false));
    return Objects.requireNonNull(claim).bodyHash();
  }
}
