package dev.webhookworker.ops;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.webhookworker.DeadLetters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests to the API: who asks, may he, then the resource. Thread-safe. */
final class Api {

  private static final Logger LOG = LoggerFactory.getLogger(Api.class);
  private static final int LOGIN_BODY = 4 * 1024;

  private final Access access;
  private final List<Route> routes;
  private final LiveStreams streams;

  Api(Access access, List<Route> routes, LiveStreams streams) {
    this.access = access;
    this.routes = List.copyOf(routes);
    this.streams = streams;
  }

  /**
   * @param path below the API's own, beginning with a slash, not decoded
   * @return false when a stream has taken the exchange over: then it is not to be closed
   */
  boolean handle(HttpExchange exchange, String path) throws IOException {
    try {
      if (path.equals("/live") && exchange.getRequestMethod().equals("GET")) {
        var unused = access.visitor(exchange);
        streams.open(exchange);
        return false;
      }
      Responses.send(exchange, answer(exchange, path));
    } catch (ApiProblem problem) {
      Responses.send(exchange, problem);
    } catch (DeadLetters.UnavailableException away) {
      Responses.send(
          exchange,
          ApiProblem.later(
              503, "unavailable", "queue or store do not answer: " + away.getMessage(), 5));
    } catch (DeadLetters.UnreadableException unreadable) {
      Responses.send(
          exchange, ApiProblem.of(409, "unreadable", String.valueOf(unreadable.getMessage())));
    } catch (UnsupportedOperationException missing) {
      Responses.send(
          exchange, ApiProblem.of(501, "not_available", String.valueOf(missing.getMessage())));
    } catch (IllegalArgumentException wrong) {
      LOG.atDebug().setCause(wrong).log("A request to the operations API was refused");
      Responses.send(exchange, ApiProblem.badRequest("a parameter can't be used"));
    } catch (RuntimeException bug) {
      LOG.atError()
          .addKeyValue("method", exchange.getRequestMethod())
          .setCause(bug)
          .log("A request to the operations API failed unexpectedly");
      Responses.send(
          exchange, ApiProblem.of(500, "internal", "an unexpected error; see the worker's log"));
    }
    return true;
  }

  /** Whether the sender of a request may do anything at all. */
  boolean admits(HttpExchange exchange) {
    try {
      Access.Visitor unused = access.visitor(exchange);
      return true;
    } catch (RuntimeException refused) {
      return false;
    }
  }

  private Answer answer(HttpExchange exchange, String path) throws IOException {
    if (path.equals("/session")) {
      return session(exchange);
    }
    Access.Visitor visitor = access.visitor(exchange);
    String method = exchange.getRequestMethod();
    TreeSet<String> others = new TreeSet<>();
    for (Route route : routes) {
      Optional<List<String>> open = route.match(path);
      if (open.isPresent() && route.method().equals(method)) {
        if (route.isAct()) {
          checkOrigin(exchange, visitor);
        }
        checkRole(visitor.principal(), route.needs());
        if (route.isAct()) {
          Call.requireJson(exchange);
        }
        return route.action().answer(new Call(exchange, visitor.principal(), open.get()));
      }
      if (open.isPresent()) {
        others.add(route.method());
      }
    }
    if (others.isEmpty()) {
      throw ApiProblem.notFound("there is no such operation; openapi.json lists them");
    }
    return wrongMethod(exchange, others.stream().collect(Collectors.joining(", ")));
  }

  private static Answer wrongMethod(HttpExchange exchange, String allowed) {
    exchange.getResponseHeaders().set("Allow", allowed);
    throw ApiProblem.of(405, "method_not_allowed", "use " + allowed);
  }

  /** What a browser sends along by itself must not be enough for an act. */
  private static void checkOrigin(HttpExchange exchange, Access.Visitor visitor) {
    if (visitor.csrf().isEmpty()) {
      return;
    }
    @Nullable String given = exchange.getRequestHeaders().getFirst("X-CSRF-Token");
    byte[] expected = visitor.csrf().get().getBytes(StandardCharsets.UTF_8);
    if (given == null || !MessageDigest.isEqual(expected, given.getBytes(StandardCharsets.UTF_8))) {
      throw ApiProblem.of(
          403, "csrf", "send the csrf_token of GET session as X-CSRF-Token; reload the page");
    }
  }

  private static void checkRole(Principal principal, Role needed) {
    if (!principal.role().covers(needed)) {
      throw ApiProblem.of(
          403,
          "forbidden",
          "the role " + principal.role().code() + " may not do this; " + needed.code() + " may");
    }
  }

  private Answer session(HttpExchange exchange) throws IOException {
    switch (exchange.getRequestMethod()) {
      case "GET" -> {
        return Answer.ok(json(access.visitor(exchange)));
      }
      case "POST" -> {
        Arguments body =
            Arguments.of(
                new Call(exchange, new Principal("nobody", Role.VIEWER), List.of())
                    .body(LOGIN_BODY));
        return Answer.ok(
            json(access.login(exchange, body.required("token"), body.required("name"))));
      }
      case "DELETE" -> {
        checkOrigin(exchange, access.visitor(exchange));
        access.logout(exchange);
        return Answer.NOTHING;
      }
      default -> {
        return wrongMethod(exchange, "DELETE, GET, POST");
      }
    }
  }

  private static ObjectNode json(Access.Visitor visitor) {
    return Answer.object()
        .put("name", visitor.principal().name())
        .put("role", visitor.principal().role().code())
        .put("csrf_token", visitor.csrf().orElse(null))
        .put("authenticated_by", visitor.by());
  }
}
