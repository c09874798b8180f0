package dev.webhookworker.redis;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.port.DeadLetterRecord;

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
    return json.toString();
  }
}
