package dev.webhookworker.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.port.DeadLetterRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/** The field {@code dead_letter} of an entry of the DLQ stream. */
final class DeadLetterJson {

  static final String FIELD = "dead_letter";

  private static final ObjectMapper JSON = new ObjectMapper();

  private DeadLetterJson() {}

  static String of(String entryId, DeadLetterRecord record) {
    ObjectNode json = JSON.createObjectNode();
    json.put("entry_id", entryId);
    json.put("reason", record.reason());
    json.put("error_class", record.errorClass());
    json.put("message", record.message());
    json.put("digest", record.digest());
    json.put("retryable", record.retryable());
    json.put("failures", record.failures());
    json.set("attempts", RetryFrame.attempts(record.attempts()));
    json.put("first_received_at", record.firstReceivedAt().toString());
    json.put("dead_at", record.deadAt().toString());
    json.put("worker", record.worker());
    json.put("tool_id", record.toolId());
    json.put("tenant_id", record.tenantId());
    ArrayNode completed = json.putArray("completed");
    record.completed().forEach(completed::add);
    json.set("dlq_retries", RetryFrame.retries(record.retries()));
    json.put("fencing_token", record.fencingToken());
    return json.toString();
  }

  static String entryId(byte[] text) {
    return parse(text).path("entry_id").asText();
  }

  static DeadLetterRecord read(byte[] text) {
    JsonNode json = parse(text);
    return new DeadLetterRecord(
        json.path("reason").asText(),
        json.path("error_class").asText(),
        json.path("message").asText(),
        json.path("digest").asText(),
        json.path("retryable").asBoolean(),
        json.path("failures").asInt(),
        RetryFrame.attempts(json.path("attempts")),
        Instant.parse(json.path("first_received_at").asText()),
        Instant.parse(json.path("dead_at").asText()),
        json.path("worker").asText(),
        json.path("tool_id").textValue(),
        json.path("tenant_id").textValue(),
        RetryFrame.completed(json),
        RetryFrame.retries(json.path("dlq_retries")),
        json.path("fencing_token").asLong());
  }

  private static JsonNode parse(byte[] text) {
    try {
      return JSON.readTree(text);
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }
}
