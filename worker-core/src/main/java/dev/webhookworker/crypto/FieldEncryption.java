package dev.webhookworker.crypto;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.webhookworker.EncryptionSettings;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.spi.KeyProvider;
import dev.webhookworker.spi.ToolConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts the fields of payloads that the configuration or their tool names, and decrypts them.
 * The rest of the text stays as it is, character by character. Thread-safe.
 */
public final class FieldEncryption {

  /** Shortest text that is masked where it occurs inside another. */
  private static final int LEAST_MASKED = 3;

  private static final String MASK = "***";

  private static final int MOST_TOOLS = 10_000;

  private final List<FieldPattern> everywhere;
  private final KeyProvider keys;

  // What tools want, learnt when their events are processed. Bounded.
  private final Map<String, ToolFields> byTool = new ConcurrentHashMap<>();

  /** What a tool names, as given and read. */
  private record ToolFields(List<String> pointers, List<FieldPattern> patterns) {
    static final ToolFields NONE = new ToolFields(List.of(), List.of());

    static ToolFields of(List<String> pointers) {
      return new ToolFields(pointers, pointers.stream().map(FieldPattern::of).toList());
    }
  }

  public FieldEncryption(EncryptionSettings settings) {
    this(settings.fields(), new ConfiguredKeys(settings));
  }

  /**
   * @param fields JSON Pointers into every payload
   */
  public FieldEncryption(List<String> fields, KeyProvider keys) {
    everywhere = fields.stream().map(FieldPattern::of).toList();
    this.keys = keys;
  }

  /** A problem of the configuration, null when there is none. */
  public @Nullable String problem() {
    return everywhere.isEmpty() || hasKey()
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
    List<String> wanted = tool.encryptFields();
    ToolFields known = byTool.get(tool.id());
    if (known == null || !known.pointers().equals(wanted)) {
      if (byTool.size() >= MOST_TOOLS) {
        byTool.clear();
      }
      byTool.put(tool.id(), wanted.isEmpty() ? ToolFields.NONE : ToolFields.of(wanted));
    }
    return wanted.isEmpty() || hasKey();
  }

  /** Whether that tool's wishes are known here. */
  boolean knows(String toolId) {
    return byTool.containsKey(toolId);
  }

  private List<FieldPattern> patterns(@Nullable String toolId) {
    ToolFields ofTool = toolId == null ? null : byTool.get(toolId);
    return ofTool == null || ofTool.patterns().isEmpty()
        ? everywhere
        : Stream.concat(everywhere.stream(), ofTool.patterns().stream()).toList();
  }

  /** Bytes of any kind as one encrypted value, a JSON string. */
  String sealWhole(String eventId, byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return isSealed(eventId, List.of(), text)
        ? text
        : '"' + SealedValue.seal(keys, place(eventId, List.of()), bytes) + '"';
  }

  /**
   * The payload's bytes as they were received, for a replay.
   *
   * @throws DecryptionException when a value does not open; the message names the key
   */
  public byte[] open(String eventId, byte[] payload) throws DecryptionException {
    String text = new String(payload, StandardCharsets.UTF_8);
    if (!text.contains(SealedValue.PREFIX)) {
      return payload;
    }
    String whole = unquoted(text);
    if (whole != null && whole.startsWith(SealedValue.PREFIX)) {
      return SealedValue.open(keys, place(eventId, List.of()), whole);
    }
    Decrypted decrypted = decrypt(eventId, text);
    if (!decrypted.problems().isEmpty()) {
      throw new DecryptionException(decrypted.problems().get(0));
    }
    return decrypted.text().getBytes(StandardCharsets.UTF_8);
  }

  /** The record with its payload and result encrypted; the same one when nothing is to be. */
  public EventRecord encrypt(EventRecord record) {
    List<FieldPattern> patterns = patterns(record.toolId());
    if (patterns.isEmpty() && !isForeign(record.payload())) {
      return record;
    }
    Set<String> plain = new HashSet<>();
    String payload = encrypt(record.eventId(), record.payload(), patterns, plain);
    String result =
        record.result() == null
            ? null
            : encryptResult(record.eventId(), record.result(), patterns, plain);
    return new EventRecord(
        record.entryId(),
        record.eventId(),
        record.eventType(),
        record.toolId(),
        record.tenantId(),
        record.repoName(),
        record.senderName(),
        payload,
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
   * The JSON text with the fields encrypted that the configuration or the tool names. What is
   * encrypted already stays so. Text that is not JSON is encrypted as a whole.
   *
   * @param toolId null when the event names none
   */
  public String encrypt(String eventId, @Nullable String toolId, String json) {
    List<FieldPattern> patterns = patterns(toolId);
    return patterns.isEmpty() && !isForeign(json)
        ? json
        : encrypt(eventId, json, patterns, new HashSet<>());
  }

  /** A sender may write what looks encrypted: it is encrypted as well, so that all of it opens. */
  private boolean isForeign(String json) {
    return json.contains(SealedValue.PREFIX) && hasKey();
  }

  /** Whether anything of an event of that tool is to be encrypted. */
  public boolean concerns(@Nullable String toolId) {
    return !patterns(toolId).isEmpty();
  }

  private String encrypt(
      String eventId, String json, List<FieldPattern> patterns, Set<String> plain) {
    try {
      return JsonSplice.replace(
          json,
          new JsonSplice.Replacement() {
            @Override
            public boolean concerns(List<String> path, JsonParser at) throws IOException {
              return patterns.stream().anyMatch(pattern -> pattern.matches(path))
                  || (at.currentToken() == JsonToken.VALUE_STRING
                      && at.getText().startsWith(SealedValue.PREFIX));
            }

            @Override
            public @Nullable String replace(List<String> path, String raw, @Nullable String text) {
              if (isSealed(eventId, path, text)) {
                return null;
              }
              collect(raw, text, plain);
              return seal(eventId, path, raw);
            }
          });
    } catch (IOException notJson) {
      return isSealed(eventId, List.of(), json) ? json : seal(eventId, List.of(), json);
    }
  }

  /** A rule may have put a value elsewhere, or into another text. */
  private String encryptResult(
      String eventId, String json, List<FieldPattern> patterns, Set<String> plain) {
    try {
      return JsonSplice.replace(
          json,
          new JsonSplice.Replacement() {
            @Override
            public boolean concerns(List<String> path, JsonParser at) throws IOException {
              return patterns.stream().anyMatch(pattern -> pattern.matches(path))
                  || (at.currentToken().isScalarValue() && reveals(at.getText(), plain));
            }

            @Override
            public String replace(List<String> path, String raw, @Nullable String text) {
              return seal(eventId, path, raw);
            }
          });
    } catch (IOException notJson) {
      return seal(eventId, List.of(), json);
    }
  }

  private static boolean reveals(String text, Set<String> plain) {
    return plain.contains(text)
        || plain.stream().anyMatch(one -> one.length() >= LEAST_MASKED && text.contains(one));
  }

  /** The texts and numbers inside a value that is encrypted. */
  private static void collect(String raw, @Nullable String text, Set<String> plain) {
    if (text != null) {
      plain.add(text);
      return;
    }
    try {
      String unchanged =
          JsonSplice.replace(
              raw,
              new JsonSplice.Replacement() {
                @Override
                public boolean concerns(List<String> path, JsonParser at) throws IOException {
                  JsonToken token = at.currentToken();
                  if (token == JsonToken.VALUE_STRING || token.isNumeric()) {
                    plain.add(at.getText());
                  }
                  return false;
                }

                @Override
                public @Nullable String replace(
                    List<String> path, String ignored, @Nullable String none) {
                  return null;
                }
              });
      assert unchanged.equals(raw);
    } catch (IOException impossible) {
      plain.add(raw);
    }
  }

  private String seal(String eventId, List<String> path, String raw) {
    return '"'
        + SealedValue.seal(keys, place(eventId, path), raw.getBytes(StandardCharsets.UTF_8))
        + '"';
  }

  private boolean isSealed(String eventId, List<String> path, @Nullable String text) {
    String inner = path.isEmpty() ? unquoted(text) : text;
    if (inner == null || !inner.startsWith(SealedValue.PREFIX)) {
      return false;
    }
    try {
      SealedValue.open(keys, place(eventId, path), inner);
      return true;
    } catch (DecryptionException notOurs) {
      return false;
    }
  }

  private static @Nullable String unquoted(@Nullable String text) {
    return text != null && text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")
        ? text.substring(1, text.length() - 1)
        : text;
  }

  private static String place(String eventId, List<String> path) {
    StringBuilder place = new StringBuilder(eventId).append('\0');
    for (String part : path) {
      place.append('/').append(part.replace("~", "~0").replace("/", "~1"));
    }
    return place.toString();
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
  public Decrypted decrypt(String eventId, String json) {
    if (!json.contains(SealedValue.PREFIX)) {
      return new Decrypted(json, List.of());
    }
    List<String> problems = new ArrayList<>();
    String text =
        replaceSealed(
            json,
            (path, closed) -> {
              try {
                byte[] plain = SealedValue.open(keys, place(eventId, path), closed);
                return new String(plain, StandardCharsets.UTF_8);
              } catch (DecryptionException unreadable) {
                problems.add("/" + String.join("/", path) + ": " + unreadable.getMessage());
                return null;
              }
            });
    return new Decrypted(text, problems);
  }

  /** The text with every encrypted value shown as {@code "***"}, for people. */
  public static String masked(String json) {
    return json.contains(SealedValue.PREFIX)
        ? replaceSealed(json, (path, text) -> '"' + MASK + '"')
        : json;
  }

  /**
   * An edited text with each {@code "***"} that stands where the kept one has an encrypted value
   * replaced by that value, so that what was only shown masked can be edited.
   *
   * @throws DecryptionException when such a value does not open; the message names the key
   */
  public String unmask(String eventId, String kept, String edited) throws DecryptionException {
    Map<String, String> closed = new HashMap<>();
    replaceSealed(
        kept,
        (path, text) -> {
          closed.put(place(eventId, path), text);
          return null;
        });
    List<String> problems = new ArrayList<>();
    String unmasked = unmask(eventId, closed, edited, problems);
    if (!problems.isEmpty()) {
      throw new DecryptionException(problems.get(0));
    }
    return unmasked;
  }

  private String unmask(
      String eventId, Map<String, String> closed, String edited, List<String> problems) {
    try {
      return JsonSplice.replace(
          edited,
          new JsonSplice.Replacement() {
            @Override
            public boolean concerns(List<String> path, JsonParser at) throws IOException {
              return at.currentToken() == JsonToken.VALUE_STRING
                  && at.getText().equals(MASK)
                  && closed.containsKey(place(eventId, path));
            }

            @Override
            public @Nullable String replace(List<String> path, String raw, @Nullable String text) {
              String place = place(eventId, path);
              try {
                byte[] plain = SealedValue.open(keys, place, closed.getOrDefault(place, ""));
                return new String(plain, StandardCharsets.UTF_8);
              } catch (DecryptionException unreadable) {
                problems.add(String.valueOf(unreadable.getMessage()));
                return null;
              }
            }
          });
    } catch (IOException notJson) {
      return edited;
    }
  }

  /** Encrypts with the active key what was encrypted with another. */
  public Decrypted rotate(String eventId, String json) {
    String active = keys.activeKeyId().orElse("");
    if (!json.contains(SealedValue.PREFIX)) {
      return new Decrypted(json, List.of());
    }
    List<String> problems = new ArrayList<>();
    String text =
        replaceSealed(
            json,
            (path, closed) -> {
              if (SealedValue.keyId(closed).orElse("").equals(active)) {
                return null;
              }
              try {
                byte[] plain = SealedValue.open(keys, place(eventId, path), closed);
                return '"' + SealedValue.seal(keys, place(eventId, path), plain) + '"';
              } catch (DecryptionException unreadable) {
                problems.add("/" + String.join("/", path) + ": " + unreadable.getMessage());
                return null;
              }
            });
    return new Decrypted(text, problems);
  }

  private interface Opening {
    @Nullable String open(List<String> path, String closed);
  }

  private static String replaceSealed(String json, Opening opening) {
    try {
      return JsonSplice.replace(
          json,
          new JsonSplice.Replacement() {
            @Override
            public boolean concerns(List<String> path, JsonParser at) throws IOException {
              return at.currentToken() == JsonToken.VALUE_STRING
                  && at.getText().startsWith(SealedValue.PREFIX);
            }

            @Override
            public @Nullable String replace(List<String> path, String raw, @Nullable String text) {
              return text == null ? null : opening.open(path, text);
            }
          });
    } catch (IOException notJson) {
      return json;
    }
  }

  /**
   * The message with every text masked that is encrypted in this payload.
   *
   * @param toolId null when the event names none
   */
  public String mask(@Nullable String toolId, String payload, String message) {
    List<FieldPattern> patterns = patterns(toolId);
    if (patterns.isEmpty()) {
      return message;
    }
    Set<String> plain = new HashSet<>();
    String masked = message;
    try {
      String unchanged =
          JsonSplice.replace(
              payload,
              new JsonSplice.Replacement() {
                @Override
                public boolean concerns(List<String> path, JsonParser at) {
                  return patterns.stream().anyMatch(pattern -> pattern.matches(path));
                }

                @Override
                public @Nullable String replace(
                    List<String> path, String raw, @Nullable String text) {
                  collect(raw, text, plain);
                  return null;
                }
              });
      assert unchanged.equals(payload);
    } catch (IOException notJson) {
      return "the message is not shown: the payload is not JSON, so that what is secret in it is not"
          + " known";
    }
    List<String> longestFirst = new ArrayList<>(plain);
    longestFirst.sort((one, other) -> Integer.compare(other.length(), one.length()));
    for (String one : longestFirst) {
      if (one.length() >= LEAST_MASKED) {
        masked = masked.replace(one, MASK);
      }
    }
    return masked;
  }
}
