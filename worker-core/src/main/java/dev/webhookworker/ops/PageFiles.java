package dev.webhookworker.ops;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.pipeline.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The page's files, from the library's resources; nothing else is served. */
final class PageFiles {

  private static final List<String> NAMES =
      List.of(
          "index.html",
          "app.css",
          "icon.svg",
          "app.js",
          "api.js",
          "dom.js",
          "format.js",
          "chart.js",
          "login.js",
          "overview.js",
          "events.js",
          "deadletters.js",
          "deadletter.js",
          "bulk.js",
          "tools.js",
          "worker.js",
          "configuration.js");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "js", "text/javascript; charset=utf-8");

  private final Map<String, PageFile> byPath = new HashMap<>();

  /** A file and its media type. */
  record PageFile(byte[] content, String type) {}

  PageFiles() {
    for (String name : NAMES) {
      String extension = name.substring(name.lastIndexOf('.') + 1);
      byPath.put("/" + name, new PageFile(read("page/" + name), TYPES.getOrDefault(extension, "")));
    }
    byPath.put("/", byPath.get("/index.html"));
  }

  /**
   * @param path below the page's own, beginning with a slash
   */
  Optional<PageFile> find(String path) {
    return Optional.ofNullable(byPath.get(path));
  }

  /** The description of the API. */
  static JsonNode description() {
    try {
      return Json.MAPPER.readTree(read("openapi.json"));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static byte[] read(String name) {
    try (InputStream file = PageFiles.class.getResourceAsStream(name)) {
      if (file == null) {
        throw new IllegalStateException("the library lacks its file " + name);
      }
      return file.readAllBytes();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
