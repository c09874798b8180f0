package dev.webhookworker.pipeline;

import dev.webhookworker.Limits;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.port.EntryFields;

/** Checks the shape of an entry and makes an event of it. Thread-safe. */
final class EventDecoder {

  private final InputRules rules;

  EventDecoder(Limits limits) {
    this.rules = new InputRules(limits);
  }

  Decoded decode(String entryId, EntryFields fields) {
    if (fields.withheld() > 0) {
      return new Decoded.Undecodable(
          "the entry has "
              + fields.withheld()
              + " bytes, more than an event can have (WORKER_MAX_PAYLOAD_BYTES); its large fields"
              + " were not taken out of the queue");
    }
    try {
      String eventId = name(fields, "event_id");
      String eventType = name(fields, "event_type");
      checkOptionalName(fields, "repo_name");
      checkOptionalName(fields, "sender_name");
      checkObject(fields, "auth_context");
      checkObject(fields, "metadata");
      rules.checkJson(required(fields, "payload"), "payload", false);
      return new Decoded.Event(WebhookEvent.decoded(entryId, fields, eventId, eventType));
    } catch (MalformedInputException malformed) {
      return new Decoded.Undecodable(malformed.problem());
    }
  }

  private String name(EntryFields fields, String field) throws MalformedInputException {
    return rules.name(required(fields, field), field);
  }

  private static byte[] required(EntryFields fields, String field) throws MalformedInputException {
    byte[] bytes = fields.bytes(field);
    if (bytes == null || bytes.length == 0) {
      throw new MalformedInputException("the field '" + field + "' is missing or empty");
    }
    return bytes;
  }

  private void checkOptionalName(EntryFields fields, String field) throws MalformedInputException {
    byte[] bytes = fields.bytes(field);
    if (bytes != null) {
      rules.name(bytes, field);
    }
  }

  private void checkObject(EntryFields fields, String field) throws MalformedInputException {
    byte[] bytes = fields.bytes(field);
    if (bytes != null && bytes.length > 0) {
      rules.checkJson(bytes, field, true);
    }
  }
}
