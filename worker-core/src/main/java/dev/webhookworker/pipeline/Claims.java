package dev.webhookworker.pipeline;

import dev.webhookworker.Limits;
import dev.webhookworker.port.Claim;
import dev.webhookworker.port.Delivery;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Makes the idempotency claim of an entry. For the receiving thread alone. */
public final class Claims {

  private static final int HASH_BYTES = 8;
  private static final byte[] NOTHING = {};

  private final Limits limits;
  private final MessageDigest sha256;

  // Five characters shorter than hexadecimal: Redis then keeps a mark in 48 bytes instead of 64.
  private final Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();

  public Claims(Limits limits) {
    this.limits = limits;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  /** The claim, null when the entry has no usable event id or is too large to be hashed. */
  public @Nullable Claim of(Delivery delivery) {
    byte[] id = delivery.fields().bytes("event_id");
    byte[] payload = delivery.fields().bytes("payload");
    if (id == null
        || id.length == 0
        || id.length > 4L * limits.maxNameLength()
        || (payload != null && payload.length > limits.maxPayloadBytes())) {
      return null;
    }
    byte[] digest = sha256.digest(payload == null ? NOTHING : payload);
    return new Claim(
        new String(id, StandardCharsets.UTF_8),
        delivery.entryId(),
        base64.encodeToString(Arrays.copyOf(digest, HASH_BYTES)));
  }
}
