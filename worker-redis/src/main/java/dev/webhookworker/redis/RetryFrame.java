package dev.webhookworker.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.DeadLetterRetry;
import dev.webhookworker.port.Attempt;
import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.DlqRetries;
import dev.webhookworker.port.EntryFields;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

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
    json.set("attempts", attempts(state.attempts()));
    ArrayNode completed = json.putArray("completed");
    state.completed().forEach(completed::add);
    json.set("dlq_retries", retries(state.dlqRetries()));
    return json;
  }

  static ArrayNode attempts(List<Attempt> attempts) {
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

  static ObjectNode retries(DlqRetries retries) {
    ObjectNode json = JSON.createObjectNode().put("count", retries.count());
    ArrayNode last = json.putArray("last");
    for (DeadLetterRetry retry : retries.last()) {
      last.addObject().put("at", retry.at().toString()).put("actor", retry.actor());
    }
    return json;
  }

  static DlqRetries retries(JsonNode json) {
    List<DeadLetterRetry> last = new ArrayList<>();
    for (JsonNode retry : json.path("last")) {
      last.add(
          new DeadLetterRetry(
              Instant.parse(retry.path("at").asText()), retry.path("actor").asText()));
    }
    return new DlqRetries(json.path("count").asInt(), last);
  }

  static List<Attempt> attempts(JsonNode json) {
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

  static Set<String> completed(JsonNode json) {
    Set<String> completed = new LinkedHashSet<>();
    json.path("completed").forEach(name -> completed.add(name.asText()));
    return completed;
  }

  private static AttemptState state(JsonNode json) {
    JsonNode first = json.path("first_failure_at");
    return new AttemptState(
        json.path("failures").asInt(),
        json.path("snoozes").asInt(),
        first.isMissingNode() ? null : Instant.parse(first.asText()),
        attempts(json.path("attempts")),
        completed(json),
        retries(json.path("dlq_retries")));
  }
}
