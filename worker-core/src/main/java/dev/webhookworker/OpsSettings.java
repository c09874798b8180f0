package dev.webhookworker;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the operations page and its API with which token; see docs/operations-page.md. The
 * health server serves them where there is an operator's token.
 *
 * @param operatorToken may look and act; null, the default, for no page (WORKER_ADMIN_TOKEN)
 * @param viewerToken may look only; null, the default, for none (WORKER_VIEWER_TOKEN)
 * @param sessionLifetime how long a login lasts, 8 h by default; 1 min to 7 days
 *     (WORKER_ADMIN_SESSION)
 */
public record OpsSettings(
    @Nullable Secret operatorToken, @Nullable Secret viewerToken, Duration sessionLifetime) {

  private static final int SHORTEST_TOKEN = 20;
  private static final Duration SHORTEST_SESSION = Duration.ofMinutes(1);
  private static final Duration LONGEST_SESSION = Duration.ofDays(7);

  /** Not served by the health server. */
  public static final OpsSettings OFF = new OpsSettings(null, null, Duration.ofHours(8));

  /**
   * @throws ConfigurationException naming everything that is wrong, without a token
   */
  public OpsSettings {
    List<String> problems = new ArrayList<>();
    problemOf("operatorToken (WORKER_ADMIN_TOKEN)", operatorToken).ifPresent(problems::add);
    problemOf("viewerToken (WORKER_VIEWER_TOKEN)", viewerToken).ifPresent(problems::add);
    if (viewerToken != null && operatorToken == null) {
      problems.add(
          "viewerToken (WORKER_VIEWER_TOKEN) is set without operatorToken (WORKER_ADMIN_TOKEN),"
              + " which switches the operations page on; set that as well");
    }
    if (viewerToken != null && viewerToken.equals(operatorToken)) {
      problems.add(
          "viewerToken (WORKER_VIEWER_TOKEN) and operatorToken (WORKER_ADMIN_TOKEN) are the same;"
              + " a viewer would be an operator");
    }
    if (sessionLifetime.compareTo(SHORTEST_SESSION) < 0
        || sessionLifetime.compareTo(LONGEST_SESSION) > 0) {
      problems.add("sessionLifetime (WORKER_ADMIN_SESSION) must be from 1m to 168h");
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  private static Optional<String> problemOf(String name, @Nullable Secret token) {
    return token == null || token.reveal().getBytes(StandardCharsets.UTF_8).length >= SHORTEST_TOKEN
        ? Optional.empty()
        : Optional.of(
            name
                + " has fewer than "
                + SHORTEST_TOKEN
                + " characters and could be guessed; openssl rand -base64 32 makes one");
  }

  /** Whether the health server serves the page. */
  public boolean isOn() {
    return operatorToken != null;
  }

  public OpsSettings withTokens(@Nullable Secret operator, @Nullable Secret viewer) {
    return new OpsSettings(operator, viewer, sessionLifetime);
  }

  public OpsSettings withSessionLifetime(Duration time) {
    return new OpsSettings(operatorToken, viewerToken, time);
  }
}
