package dev.webhookworker;

import java.util.List;
import java.util.Map;

/**
 * Which fields of payloads are encrypted before they are stored, and with which keys.
 *
 * @param fields JSON Pointers into every payload; a part {@code *} stands for each element or
 *     member (WORKER_ENCRYPT_FIELDS). Tools may name more
 * @param keys AES keys of 32 bytes in Base64 by their ids, the active one first; the others are for
 *     reading (WORKER_ENCRYPTION_KEYS)
 */
public record EncryptionSettings(List<String> fields, Map<String, Secret> keys) {

  /** Nothing is encrypted. */
  public static final EncryptionSettings NONE = new EncryptionSettings(List.of(), Map.of());

  public EncryptionSettings {
    fields = List.copyOf(fields);
    keys = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(keys));
  }
}
