package dev.webhookworker;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the ingest endpoint is bound to and bounded by. Immutable; the {@code with} methods return a
 * changed copy.
 *
 * @param endpoint where the standalone process serves it; null for nowhere, the default
 * @param trustedProxies blocks of addresses (CIDR) whose {@code X-Forwarded-…} headers are
 *     believed; none by default
 * @param clientRate requests a second that one client may make of one path; 0, the default, for no
 *     limit
 * @param endpointRate proved requests a second that one path takes; 0, the default, for no limit
 * @param maxDepth waiting events above which senders are asked to come later, 100,000 by default
 * @param retryAfter what they are asked to wait, 10 s by default
 */
public record IngestSettings(
    @Nullable InetSocketAddress endpoint,
    List<String> trustedProxies,
    int clientRate,
    int endpointRate,
    int maxDepth,
    Duration retryAfter) {

  public static final IngestSettings DEFAULTS =
      new IngestSettings(null, List.of(), 0, 0, 100_000, Duration.ofSeconds(10));

  public IngestSettings {
    trustedProxies = List.copyOf(trustedProxies);
    if (clientRate < 0 || endpointRate < 0 || maxDepth < 1 || retryAfter.toSeconds() < 1) {
      throw new IllegalArgumentException(
          "rates can't be negative, maxDepth must be at least 1 and retryAfter at least 1s");
    }
  }

  public IngestSettings withEndpoint(@Nullable InetSocketAddress value) {
    return new IngestSettings(
        value, trustedProxies, clientRate, endpointRate, maxDepth, retryAfter);
  }

  public IngestSettings withTrustedProxies(List<String> value) {
    return new IngestSettings(endpoint, value, clientRate, endpointRate, maxDepth, retryAfter);
  }

  public IngestSettings withClientRate(int value) {
    return new IngestSettings(endpoint, trustedProxies, value, endpointRate, maxDepth, retryAfter);
  }

  public IngestSettings withEndpointRate(int value) {
    return new IngestSettings(endpoint, trustedProxies, clientRate, value, maxDepth, retryAfter);
  }

  public IngestSettings withMaxDepth(int value) {
    return new IngestSettings(
        endpoint, trustedProxies, clientRate, endpointRate, value, retryAfter);
  }
}
