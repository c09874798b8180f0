package dev.webhookworker.ops;

import com.sun.net.httpserver.HttpExchange;
import java.util.Optional;

/** How requests are allowed in: by tokens of the worker, or by the host. */
interface Access {

  /**
   * Who asks, and how that is known.
   *
   * @throws ApiProblem 401 or 429 when nobody is known
   */
  Visitor visitor(HttpExchange exchange);

  /**
   * Makes a session of a token.
   *
   * @param name for the audit log
   * @throws ApiProblem 401, 429, or 404 where the host logs people in
   */
  Visitor login(HttpExchange exchange, String token, String name);

  /** Ends the session of that request. */
  void logout(HttpExchange exchange);

  /**
   * Who asks.
   *
   * @param csrf what an act has to bring along; empty where a browser can't be made to send what
   *     the request was known by
   */
  record Visitor(Principal principal, Optional<String> csrf, String by) {
    @Override
    public String toString() {
      return "Visitor[" + principal.name() + "]";
    }
  }
}
