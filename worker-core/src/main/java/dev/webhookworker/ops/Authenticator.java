package dev.webhookworker.ops;

import com.sun.net.httpserver.HttpExchange;
import java.util.Optional;

/**
 * Tells who asks, where the host knows that already: by its own sessions, a client certificate, or
 * the header of a proxy that it trusts. Called for every request, by several threads.
 */
@FunctionalInterface
public interface Authenticator {

  /** Who asks; empty to refuse the request with 401. */
  Optional<Principal> authenticate(HttpExchange exchange);
}
