package dev.webhookworker.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.dlq.DeadLetterJson;
import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.EntryFields;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A waiting retry as bytes: version, what scripts read of it, attempt state as JSON, then the
 * fields, each name and value with its length before it, so that the value comes back to the byte.
 * The scripts read three bytes (frame.lua): whether the store may have the event, and the unclean
 * ends.
 *
 * @param unsettledKept unclean ends before it was scheduled that still count
 * @param mayBeStored whether the store is to be asked before it runs
 */
record RetryFrame(AttemptState state, EntryFields fields, int unsettledKept, boolean mayBeStored) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte VERSION = 2;
  private static final int HEADER = 2 + Short.BYTES;
  private static final int MOST_KEPT = 0xffff;

  /** Of an event without a past that counts. */
  RetryFrame(AttemptState state, EntryFields fields) {
    this(state, fields, 0, false);
  }

  /**
   * @throws UncheckedIOException when the state can't be written, which only a bug makes so
   */
  byte[] encode() {
    byte[] stateJson = bytes(json(state));
    List<byte[]> blocks = new ArrayList<>(2 * fields.size());
    fields.forEach(
        (name, value) -> {
          blocks.add(Command.bytes(name));
          blocks.add(value);
        });
    int size = HEADER + Integer.BYTES + stateJson.length + Integer.BYTES;
    for (byte[] block : blocks) {
      size += Integer.BYTES + block.length;
    }
    ByteBuffer frame = ByteBuffer.allocate(size);
    frame.put(VERSION);
    frame.put((byte) (mayBeStored ? 1 : 0));
    frame.putShort((short) Math.min(MOST_KEPT, unsettledKept));
    put(frame, stateJson);
    frame.putInt(fields.size());
    blocks.forEach(block -> put(frame, block));
    return frame.array();
  }

  /**
   * Reads a frame. Bytes that are none of this version, which one bad retry must not hold up the
   * others for, come back as the payload of an entry that has nothing else: it ends as a dead
   * letter, which keeps them.
   */
  static RetryFrame decode(byte[] bytes) {
    ByteBuffer frame = ByteBuffer.wrap(bytes);
    try {
      if (frame.get() != VERSION) {
        return unreadable(bytes);
      }
      boolean mayBeStored = frame.get() != 0;
      int unsettledKept = Short.toUnsignedInt(frame.getShort());
      AttemptState state = state(JSON.readTree(block(frame)));
      int size = frame.getInt();
      EntryFields.Builder fields = EntryFields.builder(8);
      for (int i = 0; i < size; i++) {
        String name = Replies.name(block(frame));
        fields.add(name, block(frame));
      }
      return new RetryFrame(state, fields.build(), unsettledKept, mayBeStored);
    } catch (RuntimeException | IOException damaged) {
      return unreadable(bytes);
    }
  }

  private static RetryFrame unreadable(byte[] bytes) {
    return new RetryFrame(AttemptState.NEW, EntryFields.builder(1).add("payload", bytes).build());
  }

  private static byte[] bytes(ObjectNode json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static void put(ByteBuffer frame, byte[] block) {
    frame.putInt(block.length).put(block);
  }

  private static byte[] block(ByteBuffer frame) {
    int length = frame.getInt();
    if (length < 0 || length > frame.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] block = new byte[length];
    frame.get(block);
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
    if (state.outages() > 0) {
      json.put("outages", state.outages());
    }
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
        DeadLetterJson.retries(json.path("dlq_retries")),
        json.path("outages").asInt());
  }
}
