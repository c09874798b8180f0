package dev.webhookworker.ops;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Logins of browsers, in memory: they end with this process. Thread-safe. */
final class Sessions {

  private static final int MOST_OF_A_ROLE = 500;
  private static final int MOST_OF_A_NAME = 20;
  private static final int RANDOM_BYTES = 32;

  private final Clock clock;
  private final Duration lifetime;
  private final SecureRandom random = new SecureRandom();

  // Guarded by this; by the id's hash, the oldest first.
  private final Map<String, Session> byHash = new LinkedHashMap<>();

  /**
   * A login.
   *
   * @param csrf what an act has to bring along
   */
  record Session(Principal principal, String csrf, Instant expires) {
    @Override
    public String toString() {
      return "Session[" + principal.name() + "]";
    }
  }

  /**
   * A login that was just made.
   *
   * @param id the cookie's value
   */
  record Opened(String id, Session session) {
    @Override
    public String toString() {
      return session.toString();
    }
  }

  Sessions(Clock clock, Duration lifetime) {
    this.clock = clock;
    this.lifetime = lifetime;
  }

  Duration lifetime() {
    return lifetime;
  }

  synchronized Opened open(Principal principal) {
    Instant now = clock.instant();
    byHash.values().removeIf(session -> !session.expires().isAfter(now));
    endOldest(MOST_OF_A_NAME, principal::equals);
    endOldest(MOST_OF_A_ROLE, other -> other.role() == principal.role());
    String id = randomText();
    Session session = new Session(principal, randomText(), now.plus(lifetime));
    byHash.put(hash(id), session);
    return new Opened(id, session);
  }

  /** Makes room for one more: many logins of a viewer end no operator's session. */
  private void endOldest(int most, Predicate<Principal> alike) {
    List<String> hashes =
        byHash.entrySet().stream()
            .filter(session -> alike.test(session.getValue().principal()))
            .map(Map.Entry::getKey)
            .toList();
    for (int i = 0; i <= hashes.size() - most; i++) {
      byHash.remove(hashes.get(i));
    }
  }

  synchronized Optional<Session> find(String id) {
    return Optional.ofNullable(byHash.get(hash(id)))
        .filter(session -> session.expires().isAfter(clock.instant()));
  }

  synchronized void close(String id) {
    byHash.remove(hash(id));
  }

  private String randomText() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The time that a look-up takes then tells nothing about ids. */
  private static String hash(String id) {
    return HexFormat.of().formatHex(sha256(id));
  }

  static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
