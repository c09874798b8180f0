package dev.webhookworker.tool;

import dev.webhookworker.NonRetryableException;
import dev.webhookworker.ToolSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads schemas from where the settings allow: the class path, one folder, some hosts. An event's
 * inline configuration may name any URL, so nothing else is opened. Thread-safe.
 */
final class SchemaFiles {

  private static final int LARGEST = 1024 * 1024;

  /** One text for both: whoever publishes is not told which files there are elsewhere. */
  private static final String NOT_IN_THE_FOLDER = "there is no such file in WORKER_SCHEMA_FOLDER";

  private static final Duration LONGEST = Duration.ofSeconds(5);

  private final ToolSettings settings;

  SchemaFiles(ToolSettings settings) {
    this.settings = settings;
  }

  /** Whether the URL is of a kind that is read here. */
  boolean serves(String url) {
    return url.startsWith("file:") || url.startsWith("https:") || isResource(url);
  }

  /** The validator's own resources begin with a draft's name and are left to it. */
  private static boolean isResource(String url) {
    return url.startsWith("classpath:") && !url.matches("classpath:/*draft.*");
  }

  /**
   * @throws NonRetryableException when the URL is not allowed or nothing is there
   * @throws IOException when it can't be read just now
   */
  String read(String url) throws IOException {
    URI uri = uri(url);
    String scheme = uri.getScheme() == null ? "" : uri.getScheme();
    return switch (scheme) {
      case "classpath" -> resource(uri);
      case "file" -> file(uri);
      case "https" -> fetch(uri);
      default -> throw refused(url, "it must begin with classpath:, file: or https:");
    };
  }

  private static URI uri(String url) {
    try {
      return URI.create(url);
    } catch (IllegalArgumentException wrong) {
      throw refused(url, "it is no URL");
    }
  }

  private static String resource(URI uri) throws IOException {
    String name = uri.getSchemeSpecificPart().replaceFirst("^/+", "");
    ClassLoader ofThread = Thread.currentThread().getContextClassLoader();
    ClassLoader loader = ofThread == null ? SchemaFiles.class.getClassLoader() : ofThread;
    if (!name.endsWith(".json")) {
      throw refused(uri.toString(), "a schema's resource must end in .json");
    }
    try (InputStream in = loader.getResourceAsStream(name)) {
      if (in == null) {
        throw refused(uri.toString(), "there is no such resource on the class path");
      }
      return text(uri, in);
    }
  }

  private String file(URI uri) throws IOException {
    Optional<Path> folder = settings.schemaFolder();
    if (folder.isEmpty()) {
      throw refused(uri.toString(), "schemas in files are off; set WORKER_SCHEMA_FOLDER");
    }
    Path file;
    try {
      file = Path.of(uri).toRealPath();
    } catch (IOException | IllegalArgumentException notThere) {
      throw refused(uri.toString(), NOT_IN_THE_FOLDER);
    }
    if (!file.startsWith(folder.get().toRealPath())) {
      throw refused(uri.toString(), NOT_IN_THE_FOLDER);
    }
    try (InputStream in = Files.newInputStream(file)) {
      return text(uri, in);
    }
  }

  private String fetch(URI uri) throws IOException {
    String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
    if (!settings.schemaHosts().contains(host)) {
      throw refused(uri.toString(), "its host is not in WORKER_SCHEMA_HOSTS");
    }
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(LONGEST)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    try {
      HttpResponse<InputStream> response =
          client.send(
              HttpRequest.newBuilder(uri).timeout(LONGEST).build(),
              HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() != 200) {
          throw new IOException(
              "the host of a schema_url answered with status " + response.statusCode());
        }
        return text(uri, body);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a schema was loaded", interrupted);
    }
  }

  private static String text(URI uri, InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(LARGEST + 1);
    if (bytes.length > LARGEST) {
      throw refused(uri.toString(), "it is larger than " + LARGEST + " bytes");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static NonRetryableException refused(String url, String why) {
    return new NonRetryableException("the schema_url '" + url + "' can't be used: " + why);
  }
}
