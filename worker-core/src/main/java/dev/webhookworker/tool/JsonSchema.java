package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.webhookworker.NonRetryableException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A JSON Schema, 2020-12 unless it names another draft; the only class that touches the library,
 * loaded when it is used. Thread-safe.
 */
final class JsonSchema {

  private final Schema schema;

  private JsonSchema(Schema schema) {
    this.schema = schema;
  }

  /**
   * @param files loads what the schema refers to, under the same rules
   * @throws NonRetryableException when it is no schema
   */
  static JsonSchema compile(String text, SchemaFiles files) {
    try {
      SchemaRegistry registry =
          SchemaRegistry.withDefaultDialect(
              SpecificationVersion.DRAFT_2020_12,
              builder ->
                  builder.resourceLoaders(
                      loaders ->
                          loaders.add(
                              iri ->
                                  files.serves(iri.toString())
                                      ? () ->
                                          new ByteArrayInputStream(
                                              files
                                                  .read(iri.toString())
                                                  .getBytes(StandardCharsets.UTF_8))
                                      : null)));
      Schema schema = registry.getSchema(text);
      schema.initializeValidators();
      return new JsonSchema(schema);
    } catch (RuntimeException notASchema) {
      throw new NonRetryableException(
          "what schema_url names is no JSON Schema that can be used ("
              + notASchema.getClass().getSimpleName()
              + "); references must lead to the class path, WORKER_SCHEMA_FOLDER or a host of"
              + " WORKER_SCHEMA_HOSTS",
          null);
    }
  }

  /** Places and keywords where the payload does not follow the schema; empty when it does. */
  List<String> problems(JsonNode payload) {
    return schema.validate(payload).stream().map(JsonSchema::told).distinct().toList();
  }

  private static String told(Error error) {
    String place = error.getInstanceLocation().toString();
    String property = error.getProperty();
    return "'"
        + (place.isEmpty() ? "/" : place)
        + "' ("
        + error.getKeyword()
        + (property == null || !"required".equals(error.getKeyword()) ? "" : " " + property)
        + ")";
  }
}
