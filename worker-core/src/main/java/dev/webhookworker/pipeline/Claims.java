package dev.webhookworker.pipeline;

import dev.webhookworker.Limits;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.Delivery;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Makes the idempotency claim of an entry. For the receiving thread alone. */
public final class Claims {

  private static final byte[] NOTHING = {};

  private final Limits limits;

  private final LongSupplier key;
  // Of this thread: the key that was used last, and the hash under it.
  private long hashedUnder;
  private KeyedHash hash;

  // Five characters shorter than hexadecimal: Redis then keeps a mark in 48 bytes instead of 64.
  private final Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();

  /**
   * @param key of the queue: known to its workers alone, so that nobody can make a body that is
   *     taken for another one
   */
  public Claims(Limits limits, LongSupplier key) {
    this.limits = limits;
    this.key = key;
    hashedUnder = key.getAsLong();
    hash = new KeyedHash(hashedUnder);
  }

  /** The claim, null when the entry has no usable event id or is too large to be hashed. */
  public @Nullable Claim of(Delivery delivery) {
    byte[] id = delivery.fields().bytes("event_id");
    byte[] payload = delivery.fields().bytes("payload");
    if (id == null
        || delivery.fields().withheld() > 0
        || id.length == 0
        || id.length > 4L * limits.maxNameLength()
        || (payload != null && payload.length > limits.maxPayloadBytes())) {
      return null;
    }
    return new Claim(
        new String(id, StandardCharsets.UTF_8),
        delivery.entryId(),
        hash(delivery.fields().bytes("event_type"), payload == null ? NOTHING : payload));
  }

  /** An id that comes again with another type is another event, whatever its body. */
  private String hash(byte @Nullable [] type, byte[] body) {
    long now = key.getAsLong();
    if (now != hashedUnder) {
      hashedUnder = now;
      hash = new KeyedHash(now);
    }
    long value = hash.of(type == null ? NOTHING : type, body);
    return base64.encodeToString(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
  }
}
