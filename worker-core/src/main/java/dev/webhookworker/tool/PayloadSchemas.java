package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.ToolSettings;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** {@code schema_url}: JSON Schemas, loaded when first needed and kept for a while. Thread-safe. */
public final class PayloadSchemas {

  private static final long KEPT_NANOS = 10L * 60 * 1_000_000_000;
  private static final int MOST_KEPT = 1_000;
  private static final int MOST_TOLD = 10;

  private final SchemaFiles files;
  private final LongSupplier nanoTime;
  private final ConcurrentHashMap<String, Kept> kept = new ConcurrentHashMap<>();

  private record Kept(JsonSchema schema, long untilNanos) {}

  public PayloadSchemas(ToolSettings settings) {
    this(settings, System::nanoTime);
  }

  PayloadSchemas(ToolSettings settings, LongSupplier nanoTime) {
    this.files = new SchemaFiles(settings);
    this.nanoTime = nanoTime;
  }

  /**
   * @throws NonRetryableException when the payload does not follow the schema, which the message
   *     tells by places and keywords, never by values; or when the schema is not one
   * @throws IOException when the schema can't be loaded just now
   */
  void check(String url, JsonNode payload, String toolId) throws IOException {
    List<String> problems = usable(url, toolId).problems(payload);
    if (!problems.isEmpty()) {
      String more =
          problems.size() > MOST_TOLD ? " and " + (problems.size() - MOST_TOLD) + " more" : "";
      throw new NonRetryableException(
          "the payload does not follow the schema_url of tool '"
              + toolId
              + "': "
              + String.join(", ", problems.subList(0, Math.min(MOST_TOLD, problems.size())))
              + more);
    }
  }

  private JsonSchema usable(String url, String toolId) throws IOException {
    try {
      return schema(url);
    } catch (NonRetryableException unusable) {
      throw new NonRetryableException(
          "tool '" + toolId + "', schema_url '" + url + "': " + unusable.getMessage(), unusable);
    }
  }

  private JsonSchema schema(String url) throws IOException {
    Kept found = kept.get(url);
    if (found != null && nanoTime.getAsLong() - found.untilNanos() < 0) {
      return found.schema();
    }
    JsonSchema loaded;
    try {
      loaded = JsonSchema.compile(url, files.read(url), files);
    } catch (NoClassDefFoundError missing) {
      throw new NonRetryableException(
          "schema_url needs the library com.networknt:json-schema-validator (2.x) on the class"
              + " path; add it, or remove schema_url",
          missing);
    }
    if (kept.size() >= MOST_KEPT) {
      kept.clear();
    }
    kept.put(url, new Kept(loaded, nanoTime.getAsLong() + KEPT_NANOS));
    return loaded;
  }
}
