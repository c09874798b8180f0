package dev.webhookworker.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.regex.RegularExpressions;
import dev.webhookworker.NonRetryableException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A JSON Schema, 2020-12 unless it names another draft; the only class that touches the library,
 * loaded when it is used. Thread-safe.
 */
final class JsonSchema {

  private static final int MOST_TOLD = 10;

  private static final SchemaRegistryConfig INTERRUPTIBLE =
      SchemaRegistryConfig.builder()
          .regularExpressionFactory(
              regex -> {
                Pattern pattern =
                    Pattern.compile(
                        RegularExpressions.replaceLongformCharacterProperties(
                            RegularExpressions.replaceDollarAnchors(regex)));
                return text -> pattern.matcher(new InterruptibleText(text)).find();
              })
          .build();

  private final Schema schema;

  private JsonSchema(Schema schema) {
    this.schema = schema;
  }

  /**
   * @param url of the schema
   * @param files loads what the schema refers to, under the same rules
   * @throws NonRetryableException when it is no schema
   * @throws IOException when something that it refers to can't be loaded just now
   */
  static JsonSchema compile(String url, String text, SchemaFiles files) throws IOException {
    try {
      SchemaRegistry registry =
          SchemaRegistry.withDefaultDialect(
              SpecificationVersion.DRAFT_2020_12,
              builder ->
                  builder
                      .schemaRegistryConfig(INTERRUPTIBLE)
                      .resourceLoaders(
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
      // With its address: what it refers to is beside it (JSON Schema 2020-12, core 9.1.1).
      Schema schema = registry.getSchema(SchemaLocation.of(url), text, InputFormat.JSON);
      checkItself(schema, registry);
      schema.initializeValidators();
      return new JsonSchema(schema);
    } catch (RuntimeException notASchema) {
      for (Throwable cause = notASchema; cause != null; cause = cause.getCause()) {
        if (cause instanceof NonRetryableException told) {
          throw told;
        }
        if (cause instanceof IOException away && !(cause instanceof JsonProcessingException)) {
          throw away;
        }
      }
      throw unusable(notASchema.getClass().getSimpleName());
    }
  }

  /** By the meta-schema of its draft: the library takes unknown types and the like for schemas. */
  private static void checkItself(Schema schema, SchemaRegistry registry) {
    String draft = schema.getSchemaContext().getDialect().getId();
    List<String> wrong =
        registry.getSchema(SchemaLocation.of(draft)).validate(schema.getSchemaNode()).stream()
            .map(JsonSchema::told)
            .distinct()
            .limit(MOST_TOLD)
            .toList();
    if (!wrong.isEmpty()) {
      throw unusable(String.join(", ", wrong));
    }
  }

  private static NonRetryableException unusable(String why) {
    return new NonRetryableException(
        "what schema_url names is no JSON Schema that can be used ("
            + why
            + "); references must lead to the class path, WORKER_SCHEMA_FOLDER or a host of"
            + " WORKER_SCHEMA_HOSTS",
        null);
  }

  /** Places and keywords where the payload does not follow the schema; empty when it does. */
  List<String> problems(JsonNode payload) {
    try {
      return schema.validate(SchemaInput.of(payload)).stream()
          .map(JsonSchema::told)
          .distinct()
          .toList();
    } catch (ArithmeticException | NumberFormatException beyondDoubles) {
      // The library computes with doubles where a number is too large for a long.
      throw new NonRetryableException(
          "the payload has a number that a keyword of the schema, such as multipleOf, can't be"
              + " applied to",
          null);
    }
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
