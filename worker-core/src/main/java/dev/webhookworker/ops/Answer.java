package dev.webhookworker.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.pipeline.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a resource answers.
 *
 * @param body null for none
 */
record Answer(int status, @Nullable JsonNode body) {

  static final Answer NOTHING = new Answer(204, null);

  static Answer ok(JsonNode body) {
    return new Answer(200, body);
  }

  static Answer accepted(JsonNode body) {
    return new Answer(202, body);
  }

  static ObjectNode object() {
    return Json.MAPPER.createObjectNode();
  }

  static @Nullable String time(@Nullable Instant at) {
    return at == null ? null : at.toString();
  }
}
