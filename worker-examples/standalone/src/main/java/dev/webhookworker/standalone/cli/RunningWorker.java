package dev.webhookworker.standalone.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.webhookworker.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A worker that runs, by the JSON API behind its operations page. Redirects are not followed. */
final class RunningWorker {

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_LIMIT).build();
  private final URI page;
  private final Secret token;
  private final String actor;

  /**
   * @param page where the operations page is, without a slash at its end
   */
  RunningWorker(URI page, Secret token, String actor) {
    this.page = page;
    this.token = token;
    this.actor = actor;
  }

  /** It did not do what it was asked for, or nothing answers. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private RefusedException(int exitCode, String message) {
      super(message);
      this.exitCode = exitCode;
    }

    int exitCode() {
      return exitCode;
    }
  }

  /** One part of a path, whatever it contains. */
  static String part(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * @param path below the API, e.g. {@code /worker}
   */
  JsonNode get(String path) throws RefusedException, InterruptedException {
    return answer(request(path).GET());
  }

  JsonNode post(String path, JsonNode body) throws RefusedException, InterruptedException {
    return answer(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString())));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(page + "/api" + path))
        .timeout(ANSWER_LIMIT)
        .header("Authorization", "Bearer " + token.reveal())
        .header("X-Actor", actor);
  }

  private JsonNode answer(HttpRequest.Builder request)
      throws RefusedException, InterruptedException {
    HttpResponse<String> response = send(request.build());
    JsonNode body = json(response.body());
    int status = response.statusCode();
    if (body.isMissingNode()) {
      throw new RefusedException(
          ExitCode.FAILED, "HTTP " + status + "; is the operations page at " + page + "?");
    }
    if (status != 200 && status != 202) {
      throw new RefusedException(exitCode(status), body.path("message").asText("HTTP " + status));
    }
    return body;
  }

  private HttpResponse<String> send(HttpRequest request)
      throws RefusedException, InterruptedException {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException away) {
      throw new RefusedException(
          ExitCode.FAILED,
          "Nothing answers at " + page + ": is the worker running there? See --url");
    }
  }

  private static int exitCode(int status) {
    return switch (status) {
      case 400 -> ExitCode.USAGE;
      case 404, 409 -> ExitCode.FOUND;
      default -> ExitCode.FAILED;
    };
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException somebodyElse) {
      return MissingNode.getInstance();
    }
  }
}
