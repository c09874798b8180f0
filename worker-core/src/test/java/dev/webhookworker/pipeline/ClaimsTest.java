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
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class ClaimsTest {

  private final Claims claims = new Claims(Limits.DEFAULTS, () -> 17);

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

  /** Who knows a body can make such another one, whatever unkeyed checksum tells them apart. */
  @Test
  void aBodyWithTheSameChecksumsIsAnotherBody() {
    byte[] body = "{\"amount\":1000,\"to\":\"ada\",\"note\":\"................\"}".getBytes(UTF_8);
    byte[] other = withTheSameChecksums(body);
    assertThat(other).isNotEqualTo(body);
    assertThat(checksums(other)).isEqualTo(checksums(body));
    assertThat(hashOf(other)).isNotEqualTo(hashOf(body));
  }

  /** Checksums are linear: of 65 single bits, some cancel each other out in all 64. */
  private static byte[] withTheSameChecksums(byte[] body) {
    Map<Long, BitSet> reduced = new TreeMap<>(Comparator.reverseOrder());
    for (int bit = 0; ; bit++) {
      BitSet flipped = new BitSet();
      flipped.set(bit);
      long effect = checksums(flipped(body, flipped)) ^ checksums(body);
      for (Map.Entry<Long, BitSet> row : reduced.entrySet()) {
        if ((effect & Long.highestOneBit(row.getKey())) != 0) {
          effect ^= row.getKey();
          flipped.xor(row.getValue());
        }
      }
      if (effect == 0) {
        return flipped(body, flipped);
      }
      reduced.put(effect, flipped);
    }
  }

  private static byte[] flipped(byte[] body, BitSet bits) {
    byte[] other = body.clone();
    bits.stream().forEach(bit -> other[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE));
    return other;
  }

  private static long checksums(byte[] body) {
    CRC32 crc32 = new CRC32();
    CRC32C crc32c = new CRC32C();
    crc32.update(body);
    crc32c.update(body);
    return crc32.getValue() << Integer.SIZE | crc32c.getValue();
  }

  @Test
  void aNewKeyIsTakenUp() {
    AtomicLong key = new AtomicLong(17);
    Claims following = new Claims(Limits.DEFAULTS, key::get);
    byte[] body = "{}".getBytes(UTF_8);
    String before = hashOf(following, "", body);
    assertThat(before).isEqualTo(hashOf(body));
    key.set(1 << 10);
    assertThat(hashOf(following, "", body)).isNotEqualTo(before);
  }

  @Test
  void aMarkStaysShort() {
    assertThat(hashOf("{}".getBytes(UTF_8))).hasSize(11);
  }

  private String hashOf(byte[] body) {
    return hashOf("", body);
  }

  private String hashOf(String type, byte[] body) {
    return hashOf(claims, type, body);
  }

  private static String hashOf(Claims claims, String type, byte[] body) {
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
