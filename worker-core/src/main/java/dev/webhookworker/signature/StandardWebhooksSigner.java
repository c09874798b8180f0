package dev.webhookworker.signature;

import dev.webhookworker.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Signs requests by Standard Webhooks 1.0 (standardwebhooks.com): v1 (keyed hash) with {@code
 * whsec_} secrets, v1a (Ed25519) with {@code whsk_} ones. With several secrets a request carries a
 * signature of each, so that a receiver may change from one to the other at any time. Immutable,
 * thread-safe.
 */
public final class StandardWebhooksSigner {

  /** What a signature may begin with. */
  public static final Set<String> VERSIONS = new LinkedHashSet<>(List.of("v1", "v1a"));

  private static final String PRIVATE_KEY_PREFIX = "whsk_";
  private static final int SHORTEST_SECRET = 24;
  private static final int LONGEST_SECRET = 64;
  private static final String EXPECTED =
      "expected whsec_ and a secret of 24 to 64 bytes in Base64 (v1), or whsk_ and an Ed25519 key"
          + " in Base64 (v1a): its seed of 32 bytes, or seed and public key";

  private final List<Key> keys;

  private StandardWebhooksSigner(List<Key> keys) {
    this.keys = List.copyOf(keys);
  }

  /**
   * @param secrets the active ones, the newest first
   * @throws IllegalArgumentException when one is of no use; doesn't show it
   */
  public static StandardWebhooksSigner of(List<Secret> secrets) {
    List<Key> keys = new ArrayList<>();
    for (Secret secret : secrets) {
      try {
        keys.add(key(secret.reveal()));
      } catch (IllegalArgumentException | GeneralSecurityException unusable) {
        throw new IllegalArgumentException(EXPECTED);
      }
    }
    return new StandardWebhooksSigner(keys);
  }

  private static Key key(String text) throws GeneralSecurityException {
    if (text.startsWith(PRIVATE_KEY_PREFIX)) {
      byte[] key = Base64.getDecoder().decode(text.substring(PRIVATE_KEY_PREFIX.length()));
      if (key.length != Ed25519.KEY_LENGTH && key.length != 2 * Ed25519.KEY_LENGTH) {
        throw new IllegalArgumentException(EXPECTED);
      }
      Ed25519Key ed25519 = new Ed25519Key(Arrays.copyOf(key, Ed25519.KEY_LENGTH));
      byte[] publicKey = Arrays.copyOfRange(key, Ed25519.KEY_LENGTH, key.length);
      byte[] probe = {1};
      if (publicKey.length > 0 && !Ed25519.isGenuine(publicKey, ed25519.sign(probe), probe)) {
        throw new IllegalArgumentException(EXPECTED);
      }
      return ed25519;
    }
    String prefix = StandardWebhooksKey.SECRET_PREFIX;
    byte[] key =
        Base64.getDecoder()
            .decode(text.startsWith(prefix) ? text.substring(prefix.length()) : text);
    if (key.length < SHORTEST_SECRET || key.length > LONGEST_SECRET) {
      throw new IllegalArgumentException(EXPECTED);
    }
    return new SharedKey(key);
  }

  /** The kinds of signatures that a request gets. */
  public Set<String> versions() {
    Set<String> versions = new LinkedHashSet<>();
    keys.forEach(key -> versions.add(key.version()));
    return versions;
  }

  /**
   * The three headers of a request.
   *
   * @param id visible ASCII characters
   */
  public Map<String, String> headers(String id, Instant at, byte[] body) {
    String timestamp = Long.toString(at.getEpochSecond());
    byte[] start = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
    StringBuilder signatures = new StringBuilder();
    for (Key key : keys) {
      signatures.append(signatures.length() == 0 ? "" : " ").append(key.version()).append(',');
      signatures.append(Base64.getEncoder().encodeToString(key.sign(start, body)));
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", timestamp);
    headers.put("webhook-signature", signatures.toString());
    return headers;
  }

  /** Its kinds only. */
  @Override
  public String toString() {
    return "StandardWebhooksSigner" + versions();
  }

  private interface Key {
    String version();

    byte[] sign(byte[]... parts);
  }

  private record SharedKey(byte[] key) implements Key {
    @Override
    public String version() {
      return "v1";
    }

    @Override
    public byte[] sign(byte[]... parts) {
      return HmacAlgorithm.SHA256.hash(key, parts);
    }
  }

  private record Ed25519Key(byte[] seed) implements Key {
    @Override
    public String version() {
      return "v1a";
    }

    @Override
    public byte[] sign(byte[]... parts) {
      return Ed25519.sign(seed, parts);
    }
  }
}
