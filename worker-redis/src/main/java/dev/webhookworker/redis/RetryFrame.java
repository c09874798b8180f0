package dev.webhookworker.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.dlq.DeadLetterJson;
import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.EntryFields;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A waiting retry as bytes: version, attempt state as JSON, then the fields, each name and value
 * with its length before it, so that the value comes back to the byte.
 */
record RetryFrame(AttemptState state, EntryFields fields) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int VERSION = 1;

  byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) fields.byteSize() + 256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      block(out, JSON.writeValueAsBytes(json(state)));
      out.writeInt(fields.size());
      List<byte[]> flat = new ArrayList<>();
      fields.forEach(
          (name, value) -> {
            flat.add(Command.bytes(name));
            flat.add(value);
          });
      for (byte[] block : flat) {
        block(out, block);
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  static RetryFrame decode(byte[] frame) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(frame))) {
      int version = in.readByte();
      if (version != VERSION) {
        throw new IllegalStateException("a retry has the unknown format version " + version);
      }
      AttemptState state = state(JSON.readTree(block(in)));
      int size = in.readInt();
      EntryFields.Builder fields = EntryFields.builder(size);
      for (int i = 0; i < size; i++) {
        String name = Replies.name(block(in));
        fields.add(name, block(in));
      }
      return new RetryFrame(state, fields.build());
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }

  private static void block(DataOutputStream out, byte[] block) throws IOException {
    out.writeInt(block.length);
    out.write(block);
  }

  private static byte[] block(DataInputStream in) throws IOException {
    byte[] block = new byte[in.readInt()];
    in.readFully(block);
    return block;
  }

  private static ObjectNode json(AttemptState state) {
    ObjectNode json = JSON.createObjectNode();
    json.put("failures", state.failures());
    json.put("snoozes", state.snoozes());
    if (state.firstFailureAt() != null) {
      json.put("first_failure_at", state.firstFailureAt().toString());
    }
    json.set("attempts", DeadLetterJson.attempts(state.attempts()));
    ArrayNode completed = json.putArray("completed");
    state.completed().forEach(completed::add);
    json.set("dlq_retries", DeadLetterJson.retries(state.dlqRetries()));
    return json;
  }

  private static AttemptState state(JsonNode json) {
    JsonNode first = json.path("first_failure_at");
    return new AttemptState(
        json.path("failures").asInt(),
        json.path("snoozes").asInt(),
        first.isMissingNode() ? null : Instant.parse(first.asText()),
        DeadLetterJson.attempts(json.path("attempts")),
        DeadLetterJson.completed(json),
        DeadLetterJson.retries(json.path("dlq_retries")));
  }
}
