package dev.webhookworker.crypto;

import com.fasterxml.jackson.core.JsonParser;
import dev.webhookworker.EncryptionSettings;
import dev.webhookworker.port.EncryptionContext;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.JsonText;
import dev.webhookworker.spi.KeyProvider;
import dev.webhookworker.spi.ToolConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts the fields of payloads that the configuration or their tool names, and decrypts them.
 * The rest of the text stays as it is, character by character. Thread-safe.
 */
public final class FieldEncryption {

  private final EncryptedFields fields;
  private final KeyProvider keys;

  public FieldEncryption(EncryptionSettings settings) {
    this(settings.fields(), new ConfiguredKeys(settings));
  }

  /**
   * @param fields JSON Pointers into every payload
   */
  public FieldEncryption(List<String> fields, KeyProvider keys) {
    this.fields = new EncryptedFields(fields);
    this.keys = GuardedKeys.of(keys);
  }

  /** A problem of the configuration, null when there is none. */
  public @Nullable String problem() {
    return !fields.hasGlobal() || hasKey()
        ? null
        : "WORKER_ENCRYPT_FIELDS names fields and there is no key: set WORKER_ENCRYPTION_KEYS to"
            + " id:base64 with a key of 32 bytes";
  }

  /** Whether an active key is there. */
  public boolean hasKey() {
    return keys.activeKeyId().flatMap(keys::key).isPresent();
  }

  /**
   * Takes note of a tool whose event is going to run.
   *
   * @return false when it wants fields encrypted and there is no key: its events must wait
   */
  public boolean ready(ToolConfig tool) {
    fields.learn(tool);
    return tool.encryptFields().isEmpty() || hasKey();
  }

  /** Whether that tool's wishes are known here. */
  boolean knows(String toolId) {
    return fields.knows(toolId);
  }

  /** Bytes of any kind as one encrypted value, a JSON string. */
  String sealWhole(EncryptionContext context, byte[] bytes) {
    return '"' + SealedValue.seal(keys, context, List.of(), bytes) + '"';
  }

  /**
   * The payload's bytes as they were received, for a replay.
   *
   * @throws DecryptionException when a value does not open; the message names the key
   */
  public byte[] open(EncryptionContext context, byte[] payload) throws DecryptionException {
    String text = new String(payload, StandardCharsets.UTF_8);
    if (!SealedValue.mayBeIn(text)) {
      return payload;
    }
    String whole = unquoted(text);
    if (whole != null && SealedValue.is(whole)) {
      return SealedValue.open(keys, context, List.of(), whole);
    }
    Decrypted decrypted = decrypt(context, text);
    if (!decrypted.problems().isEmpty()) {
      throw new DecryptionException(decrypted.problems().get(0));
    }
    return decrypted.text().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The record with its payload and result encrypted; the same one when nothing is to be.
   *
   * @param tool that the run has used
   */
  public EventRecord encrypt(EventRecord record, ToolConfig tool) {
    List<FieldPattern> patterns = fields.of(tool);
    if (patterns.isEmpty() && !isForeign(record.payload())) {
      return record;
    }
    PlainTexts plain = new PlainTexts();
    EncryptionContext context =
        EncryptionContext.ofEvent(record.tenantId(), record.entryId(), record.eventId());
    String payload = encrypt(context, record.payload().text(), patterns, plain);
    String result =
        record.result() == null ? null : encryptResult(context, record.result(), patterns, plain);
    return new EventRecord(
        record.entryId(),
        record.eventId(),
        record.eventType(),
        record.toolId(),
        record.tenantId(),
        record.repoName(),
        record.senderName(),
        JsonText.of(payload),
        result,
        record.authContext(),
        record.metadata(),
        record.correlationId(),
        record.attempt(),
        record.processedAt(),
        record.worker(),
        record.dlqRetries());
  }

  /**
   * The JSON text, as it was received, with the fields encrypted that the configuration or the tool
   * names. Text that is not JSON is encrypted as a whole. What looks encrypted came from outside,
   * even where it would open: a reader of the database who may publish has copied it. So it is
   * encrypted once more, and comes back as the text that was sent.
   *
   * @param toolId null when the event names none
   */
  public String encrypt(EncryptionContext context, @Nullable String toolId, String json) {
    List<FieldPattern> patterns = fields.of(toolId);
    return patterns.isEmpty() && !isForeign(JsonText.of(json))
        ? json
        : encrypt(context, json, patterns, new PlainTexts());
  }

  /** Whether something in it looks encrypted. */
  private boolean isForeign(JsonText json) {
    return hasKey() && SealedValue.mayBeIn(json.text());
  }

  /** Whether anything of an event of that tool is to be encrypted. */
  public boolean concerns(ToolConfig tool) {
    return !fields.of(tool).isEmpty();
  }

  private String encrypt(
      EncryptionContext context, String json, List<FieldPattern> patterns, PlainTexts plain) {
    try {
      return JsonSplice.replace(
          json,
          new JsonSplice.Replacement() {
            @Override
            public boolean concerns(List<String> path, JsonParser at) throws IOException {
              return EncryptedFields.matches(patterns, path) || SealedJson.isSealed(at);
            }

            @Override
            public String replace(List<String> path, String raw, @Nullable String text) {
              plain.add(raw, text);
              return seal(context, path, raw);
            }
          });
    } catch (IOException notJson) {
      return seal(context, List.of(), json);
    }
  }

  /** A rule may have put a value elsewhere, or into another text. */
  private String encryptResult(
      EncryptionContext context, String json, List<FieldPattern> patterns, PlainTexts plain) {
    try {
      return JsonSplice.replace(
          json,
          new JsonSplice.Replacement() {
            @Override
            public boolean concerns(List<String> path, JsonParser at) throws IOException {
              return EncryptedFields.matches(patterns, path)
                  || (at.currentToken().isScalarValue() && plain.areIn(at.getText()));
            }

            @Override
            public String replace(List<String> path, String raw, @Nullable String text) {
              return seal(context, path, raw);
            }
          });
    } catch (IOException notJson) {
      return seal(context, List.of(), json);
    }
  }

  private String seal(EncryptionContext context, List<String> path, String raw) {
    return '"' + SealedValue.seal(keys, context, path, raw.getBytes(StandardCharsets.UTF_8)) + '"';
  }

  private static @Nullable String unquoted(@Nullable String text) {
    return text != null && text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")
        ? text.substring(1, text.length() - 1)
        : text;
  }

  /**
   * What was made readable, and what could not be.
   *
   * @param text with every value that opens as it was received
   * @param problems for each of the others its place and why, with the key's id
   */
  public record Decrypted(String text, List<String> problems) {
    public Decrypted {
      problems = List.copyOf(problems);
    }
  }

  /** Decrypts every encrypted value; one that does not open stays as it is. */
  public Decrypted decrypt(EncryptionContext context, String json) {
    if (!SealedValue.mayBeIn(json)) {
      return new Decrypted(json, List.of());
    }
    List<String> problems = new ArrayList<>();
    String text =
        SealedJson.replace(json, (path, closed) -> opened(context, path, closed, problems));
    return new Decrypted(text, problems);
  }

  private @Nullable String opened(
      EncryptionContext context, List<String> path, String closed, List<String> problems) {
    try {
      byte[] plain = SealedValue.open(keys, context, path, closed);
      return new String(plain, StandardCharsets.UTF_8);
    } catch (DecryptionException unreadable) {
      problems.add(problem(path, unreadable));
      return null;
    }
  }

  private static String problem(List<String> path, DecryptionException unreadable) {
    return "/" + String.join("/", path) + ": " + unreadable.getMessage();
  }

  /** The text with every encrypted value shown as {@code "***"}, for people. */
  public static String masked(String json) {
    return SealedValue.mayBeIn(json)
        ? SealedJson.replace(json, (path, text) -> '"' + PlainTexts.MASK + '"')
        : json;
  }

  /**
   * An edited text with each {@code "***"} that stands where the kept one has an encrypted value
   * replaced by that value, so that what was only shown masked can be edited.
   *
   * @throws DecryptionException when such a value does not open; the message names the key
   */
  public String unmask(EncryptionContext context, String kept, String edited)
      throws DecryptionException {
    List<String> problems = new ArrayList<>();
    String unmasked =
        SealedJson.unmask(kept, edited, (path, closed) -> opened(context, path, closed, problems));
    if (!problems.isEmpty()) {
      throw new DecryptionException(problems.get(0));
    }
    return unmasked;
  }

  /** Encrypts with the active key what was encrypted with another, or in an earlier version. */
  public Decrypted rotate(EncryptionContext context, String json) {
    String active = keys.activeKeyId().orElse("");
    if (!SealedValue.mayBeIn(json)) {
      return new Decrypted(json, List.of());
    }
    List<String> problems = new ArrayList<>();
    String text =
        SealedJson.replace(
            json,
            (path, closed) -> {
              if (SealedValue.isCurrent(closed, active)) {
                return null;
              }
              try {
                // Bytes: a payload that was encrypted as a whole may be no text.
                byte[] plain = SealedValue.open(keys, context, path, closed);
                return '"' + SealedValue.seal(keys, context, path, plain) + '"';
              } catch (DecryptionException unreadable) {
                problems.add(problem(path, unreadable));
                return null;
              }
            });
    return new Decrypted(text, problems);
  }

  /**
   * The message with every text masked that is encrypted in this payload.
   *
   * @param tool that the run has used
   */
  public String mask(ToolConfig tool, String payload, String message) {
    List<FieldPattern> patterns = fields.of(tool);
    if (patterns.isEmpty()) {
      return message;
    }
    try {
      return PlainTexts.of(payload, patterns).maskedIn(message);
    } catch (IOException notJson) {
      return "the message is not shown: the payload is not JSON, so that what is secret in it is not"
          + " known";
    }
  }
}
