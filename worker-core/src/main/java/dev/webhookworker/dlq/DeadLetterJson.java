package dev.webhookworker.dlq;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.DeadLetterRetry;
import dev.webhookworker.port.Attempt;
import dev.webhookworker.port.DeadLetterRecord;
import dev.webhookworker.port.DlqRetries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The field {@code dead_letter} of an entry of the DLQ stream, and the same in the table. */
public final class DeadLetterJson {

  public static final String FIELD = "dead_letter";

  private static final ObjectMapper JSON = new ObjectMapper();

  private DeadLetterJson() {}

  public static String of(String entryId, DeadLetterRecord record) {
    ObjectNode json = JSON.createObjectNode();
    json.put("entry_id", entryId);
    json.put("reason", record.reason());
    json.put("error_class", record.errorClass());
    json.put("message", record.message());
    json.put("digest", record.digest());
    json.put("retryable", record.retryable());
    json.put("failures", record.failures());
    json.set("attempts", attempts(record.attempts()));
    json.put("first_received_at", record.firstReceivedAt().toString());
    json.put("dead_at", record.deadAt().toString());
    json.put("worker", record.worker());
    json.put("tool_id", record.toolId());
    json.put("tenant_id", record.tenantId());
    ArrayNode completed = json.putArray("completed");
    record.completed().forEach(completed::add);
    json.set("dlq_retries", retries(record.retries()));
    json.put("fencing_token", record.fencingToken());
    return json.toString();
  }

  public static String entryId(byte[] text) {
    return parse(text).path("entry_id").asText();
  }

  public static DeadLetterRecord read(byte[] text) {
    JsonNode json = parse(text);
    return new DeadLetterRecord(
        json.path("reason").asText(),
        json.path("error_class").asText(),
        json.path("message").asText(),
        json.path("digest").asText(),
        json.path("retryable").asBoolean(),
        json.path("failures").asInt(),
        attempts(json.path("attempts")),
        time(json, "first_received_at"),
        time(json, "dead_at"),
        json.path("worker").asText(),
        json.path("tool_id").textValue(),
        json.path("tenant_id").textValue(),
        completed(json),
        retries(json.path("dlq_retries")),
        json.path("fencing_token").asLong());
  }

  private static Instant time(JsonNode json, String field) {
    String text = json.path(field).asText();
    return text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
  }

  private static JsonNode parse(byte[] text) {
    try {
      return JSON.readTree(text);
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }

  public static ArrayNode attempts(List<Attempt> attempts) {
    ArrayNode all = JSON.createArrayNode();
    for (Attempt attempt : attempts) {
      all.addObject()
          .put("number", attempt.number())
          .put("at", attempt.at().toString())
          .put("error_class", attempt.errorClass())
          .put("message", attempt.message());
    }
    return all;
  }

  public static ObjectNode retries(DlqRetries retries) {
    ObjectNode json = JSON.createObjectNode().put("count", retries.count());
    ArrayNode last = json.putArray("last");
    for (DeadLetterRetry retry : retries.last()) {
      last.addObject().put("at", retry.at().toString()).put("actor", retry.actor());
    }
    return json;
  }

  public static DlqRetries retries(JsonNode json) {
    List<DeadLetterRetry> last = new ArrayList<>();
    for (JsonNode retry : json.path("last")) {
      last.add(
          new DeadLetterRetry(
              Instant.parse(retry.path("at").asText()), retry.path("actor").asText()));
    }
    return new DlqRetries(json.path("count").asInt(), last);
  }

  public static List<Attempt> attempts(JsonNode json) {
    List<Attempt> attempts = new ArrayList<>();
    for (JsonNode attempt : json) {
      attempts.add(
          new Attempt(
              attempt.path("number").asInt(),
              Instant.parse(attempt.path("at").asText()),
              attempt.path("error_class").asText(),
              attempt.path("message").asText()));
    }
    return attempts;
  }

  public static Set<String> completed(JsonNode json) {
    Set<String> completed = new LinkedHashSet<>();
    json.path("completed").forEach(name -> completed.add(name.asText()));
    return completed;
  }
}
