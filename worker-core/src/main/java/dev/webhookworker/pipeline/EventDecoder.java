package dev.webhookworker.pipeline;

import dev.webhookworker.Limits;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.port.EntryFields;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Checks the shape of an entry and makes an event of it. Thread-safe. */
final class EventDecoder {

  private static final char REPLACEMENT = '\uFFFD';

  private final Limits limits;

  EventDecoder(Limits limits) {
    this.limits = limits;
  }

  Decoded decode(String entryId, EntryFields fields) {
    try {
      String eventId = name(fields, "event_id");
      String eventType = name(fields, "event_type");
      checkOptionalName(fields, "repo_name");
      checkOptionalName(fields, "sender_name");
      checkObject(fields, "auth_context");
      checkObject(fields, "metadata");
      return new Decoded.Event(
          WebhookEvent.decoded(entryId, fields, eventId, eventType, payload(fields)));
    } catch (MalformedEntry malformed) {
      return new Decoded.Undecodable(malformed.problem);
    }
  }

  private String name(EntryFields fields, String field) throws MalformedEntry {
    byte[] bytes = fields.bytes(field);
    if (bytes == null || bytes.length == 0) {
      throw new MalformedEntry("the field '" + field + "' is missing or empty");
    }
    return checkedName(bytes, field);
  }

  private void checkOptionalName(EntryFields fields, String field) throws MalformedEntry {
    byte[] bytes = fields.bytes(field);
    if (bytes != null) {
      checkedName(bytes, field);
    }
  }

  private String checkedName(byte[] bytes, String field) throws MalformedEntry {
    // A character takes at most four bytes: what is longer is refused before it is decoded.
    String text = bytes.length > 4L * limits.maxNameLength() ? null : text(bytes, field);
    if (text == null || text.codePointCount(0, text.length()) > limits.maxNameLength()) {
      throw new MalformedEntry(
          "the field '"
              + field
              + "' is longer than "
              + limits.maxNameLength()
              + " characters (WORKER_MAX_NAME_LENGTH)");
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        throw new MalformedEntry("the field '" + field + "' contains a control character");
      }
    }
    return text;
  }

  private String payload(EntryFields fields) throws MalformedEntry {
    byte[] bytes = fields.bytes("payload");
    if (bytes == null || bytes.length == 0) {
      throw new MalformedEntry("the field 'payload' is missing or empty");
    }
    if (bytes.length > limits.maxPayloadBytes()) {
      throw new MalformedEntry(
          "the payload has "
              + bytes.length
              + " bytes, more than "
              + limits.maxPayloadBytes()
              + " (WORKER_MAX_PAYLOAD_BYTES)");
    }
    String text = text(bytes, "payload");
    checkJson(bytes, "payload", false);
    return text;
  }

  private void checkObject(EntryFields fields, String field) throws MalformedEntry {
    byte[] bytes = fields.bytes(field);
    if (bytes == null || bytes.length == 0) {
      return;
    }
    if (bytes.length > limits.maxPayloadBytes()) {
      throw new MalformedEntry(
          "the field '" + field + "' has more than " + limits.maxPayloadBytes() + " bytes");
    }
    text(bytes, field);
    checkJson(bytes, field, true);
  }

  private void checkJson(byte[] bytes, String field, boolean mustBeObject) throws MalformedEntry {
    int found = JsonSyntax.check(bytes, limits.maxNesting());
    if (found == JsonSyntax.VALID && (!mustBeObject || JsonSyntax.firstOf(bytes) == '{')) {
      return;
    }
    String problem =
        switch (found) {
          case JsonSyntax.VALID -> "is not a JSON object";
          case JsonSyntax.BLANK -> "is blank, not JSON";
          case JsonSyntax.MORE_THAN_ONE -> "has more than one JSON value";
          case JsonSyntax.TOO_DEEP ->
              "is nested deeper than " + limits.maxNesting() + " levels (WORKER_MAX_NESTING)";
          default -> "is not JSON, see byte " + found;
        };
    throw new MalformedEntry("the field '" + field + "' " + problem);
  }

  /** Decodes UTF-8 strictly: what is not UTF-8 could not be stored as it was received. */
  private static String text(byte[] bytes, String field) throws MalformedEntry {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0) {
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      } catch (CharacterCodingException notUtf8) {
        throw new MalformedEntry("the field '" + field + "' is not valid UTF-8");
      }
    }
    return text;
  }

  private static final class MalformedEntry extends Exception {
    private static final long serialVersionUID = 1L;
    private final String problem;

    MalformedEntry(String problem) {
      super(problem, null, false, false);
      this.problem = problem;
    }
  }
}
