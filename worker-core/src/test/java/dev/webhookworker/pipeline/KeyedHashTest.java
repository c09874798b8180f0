package dev.webhookworker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyedHashTest {

  private static final BigInteger PRIME = BigInteger.TWO.pow(61).subtract(BigInteger.ONE);

  /** The definition, word by word. */
  private static long expected(long key, byte[]... parts) {
    BigInteger at = BigInteger.valueOf(1 + (key >>> 3) % (PRIME.longValue() - 1));
    BigInteger hash = BigInteger.ZERO;
    for (byte[] part : parts) {
      hash = hash.add(BigInteger.valueOf(part.length)).multiply(at).mod(PRIME);
      for (int from = 0; from < part.length; from += 7) {
        byte[] bigEndian = new byte[8];
        for (int i = 0; i < 7 && from + i < part.length; i++) {
          bigEndian[7 - i] = part[from + i];
        }
        hash = hash.add(new BigInteger(bigEndian)).multiply(at).mod(PRIME);
      }
    }
    return hash.longValueExact();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 0x0123456789abcdefL})
  void itIsTheValueOfThePolynomialAtTheKey(long key) {
    Random random = new Random(17);
    KeyedHash hash = new KeyedHash(key);
    for (int length = 0; length < 200; length++) {
      byte[] type = new byte[random.nextInt(40)];
      byte[] body = new byte[length];
      random.nextBytes(type);
      random.nextBytes(body);
      assertThat(hash.of(type, body)).isEqualTo(expected(key, type, body));
      Arrays.fill(body, (byte) 0xff);
      assertThat(hash.of(type, body)).isEqualTo(expected(key, type, body));
    }
  }

  @Test
  void whatDiffersInAByteInItsLengthOrInWhereOnePartEndsDiffers() {
    KeyedHash hash = new KeyedHash(0x5eed5eed5eed5eedL);
    Set<Long> hashes = new HashSet<>();
    byte[] body = new byte[64];
    int made = 0;
    for (int at = 0; at < body.length; at++) {
      for (int value = 1; value < 256; value++) {
        byte[] other = body.clone();
        other[at] = (byte) value;
        hashes.add(hash.of(new byte[0], other));
        made++;
      }
    }
    for (int length = 0; length <= body.length; length++) {
      hashes.add(hash.of(new byte[0], new byte[length]));
      made++;
    }
    byte[] text = "orders/paid".getBytes(StandardCharsets.UTF_8);
    for (int end = 0; end <= text.length; end++) {
      hashes.add(hash.of(Arrays.copyOf(text, end), Arrays.copyOfRange(text, end, text.length)));
      made++;
    }
    assertThat(hashes).hasSize(made);
  }

  /** Whoever finds such a pair for one key has found none for another. */
  @Test
  void theSameBytesHaveAnotherHashUnderAnotherKey() {
    Set<Long> hashes = new HashSet<>();
    for (long key = 0; key < 1_000; key++) {
      hashes.add(new KeyedHash(key << 3).of(new byte[] {1}, new byte[] {2}));
    }
    assertThat(hashes).hasSize(1_000);
  }
}
