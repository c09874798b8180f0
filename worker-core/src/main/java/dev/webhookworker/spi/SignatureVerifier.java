package dev.webhookworker.spi;

import dev.webhookworker.Secret;
import java.util.List;
import java.util.Set;

/**
 * Tells whether a request was made by someone who knows a tool's secret. Thread-safe. The worker's
 * own know the usual providers (docs/signatures.md); further ones are given to the builder or found
 * by {@link java.util.ServiceLoader}.
 */
public interface SignatureVerifier {

  /**
   * What {@code auth_config.scheme}, or else the tool's provider, names it by: lower case, unique.
   */
  String name();

  /**
   * Verifies one request. Compares in constant time, and asks for every secret whichever fits.
   *
   * @param secrets the active ones, at least one; during a rotation several
   * @param window what a signed timestamp is held against
   */
  Verification verify(SignedRequest request, List<Secret> secrets, TimeWindow window);

  /**
   * The headers with which {@link #verify} can be repeated later on the body alone, none of them
   * secret; empty when that can't be done.
   */
  default Set<String> repeatableWith() {
    return Set.of();
  }

  /**
   * Looks at a secret when a tool is loaded.
   *
   * @throws IllegalArgumentException when it can't be one; the message says what would be right and
   *     doesn't show it
   */
  default void checkSecret(Secret secret) {}
}
