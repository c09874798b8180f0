package dev.webhookworker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.webhookworker.Worker;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks the API of a worker, and holds each answer against {@code openapi.json}: the operation, the
 * status and the body have to be as that says.
 */
public final class OpsClient {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNode DESCRIPTION = description();

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();

  private final URI base;
  private final Map<String, String> headers = new LinkedHashMap<>();

  /** An answer that is as the description says. */
  public record Reply(int status, JsonNode body, HttpResponse<String> response) {}

  private OpsClient(URI base) {
    this.base = base;
  }

  public static OpsClient of(Worker worker) {
    return new OpsClient(URI.create(worker.opsAddress().orElseThrow() + "/api"));
  }

  static OpsClient at(URI api) {
    return new OpsClient(api);
  }

  static JsonNode description() {
    try (InputStream file =
        Objects.requireNonNull(OpsHandler.class.getResourceAsStream("openapi.json"))) {
      return JSON.readTree(file);
    } catch (IOException broken) {
      throw new IllegalStateException(broken);
    }
  }

  /** The same with another header. */
  public OpsClient with(String name, String value) {
    OpsClient other = new OpsClient(base);
    other.headers.putAll(headers);
    other.headers.put(name, value);
    return other;
  }

  public OpsClient withToken(String token) {
    return with("Authorization", "Bearer " + token);
  }

  public Reply get(String path) throws Exception {
    return call("GET", path, "");
  }

  public Reply act(String path, String body) throws Exception {
    return with("Content-Type", "application/json").call("POST", path, body);
  }

  Reply call(String method, String path, String body) throws Exception {
    HttpResponse<String> response = send(method, path, body);
    JsonNode json = response.body().isEmpty() ? JSON.missingNode() : JSON.readTree(response.body());
    check(method, path, response.statusCode(), json);
    return new Reply(response.statusCode(), json, response);
  }

  HttpResponse<String> send(String method, String path, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .timeout(Duration.ofSeconds(10));
    headers.forEach(request::header);
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static void check(String method, String path, int status, JsonNode body) {
    JsonNode operation = operation(method, path.replaceAll("\\?.*", ""));
    if (operation.isMissingNode()) {
      assertThat(status).as(method + " " + path + " is not described").isIn(401, 404, 405);
      assertThat(problems("Problem", body)).isEmpty();
      return;
    }
    JsonNode responses = operation.path("responses");
    JsonNode described = responses.path(Integer.toString(status));
    if (described.isMissingNode()) {
      assertThat(status).as(method + " " + path + ": " + body).isGreaterThanOrEqualTo(400);
      described = responses.path("default");
    }
    String schema =
        described
            .path("content")
            .path("application/json")
            .path("schema")
            .path("$ref")
            .asText("#/components/schemas/")
            .substring("#/components/schemas/".length());
    if (!schema.isEmpty()) {
      assertThat(problems(schema, body)).as(method + " " + path + " " + body).isEmpty();
    }
  }

  private static JsonNode operation(String method, String path) {
    for (Map.Entry<String, JsonNode> one : DESCRIPTION.path("paths").properties()) {
      String pattern = one.getKey().replaceAll("\\{[^}]+}", "[^/]+");
      // What is literal comes before what is open, as in the file.
      if (path.matches(pattern)) {
        return one.getValue().path(method.toLowerCase(java.util.Locale.ROOT));
      }
    }
    return JSON.missingNode();
  }

  private static List<String> problems(String schema, JsonNode body) {
    return SCHEMAS.computeIfAbsent(schema, OpsClient::compiled).validate(body).stream()
        .map(Object::toString)
        .toList();
  }

  private static Schema compiled(String name) {
    ObjectNode root = JSON.createObjectNode();
    root.put("$ref", "#/components/schemas/" + name);
    root.set("components", DESCRIPTION.path("components"));
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(root);
  }
}
