package dev.webhookworker.config;

import dev.webhookworker.EncryptionSettings;
import dev.webhookworker.Secret;
import dev.webhookworker.WorkerConfig;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads which fields are encrypted and the keys for it. */
final class EncryptionReader {

  private static final String KEYS = "WORKER_ENCRYPTION_KEYS";
  private static final int KEY_BYTES = 32;

  private EncryptionReader() {}

  static void read(Environment environment, WorkerConfig.Builder config, List<String> problems) {
    List<String> fields = new ArrayList<>();
    environment
        .text("WORKER_ENCRYPT_FIELDS")
        .ifPresent(
            text -> {
              for (String field : text.split(",", -1)) {
                if (field.trim().startsWith("/")) {
                  fields.add(field.trim());
                } else {
                  problems.add(
                      "WORKER_ENCRYPT_FIELDS has '"
                          + field.trim()
                          + "': expected JSON Pointers such as /customer/email, with commas between");
                }
              }
            });
    Map<String, Secret> keys = new LinkedHashMap<>();
    environment.secret(KEYS).ifPresent(secret -> keys.putAll(keys(secret.reveal(), problems)));
    config.encryption(new EncryptionSettings(fields, keys));
  }

  private static Map<String, Secret> keys(String text, List<String> problems) {
    Map<String, Secret> keys = new LinkedHashMap<>();
    for (String part : text.split(",", -1)) {
      int colon = part.indexOf(':');
      String id = part.substring(0, Math.max(0, colon)).trim();
      if (!id.matches("[A-Za-z0-9_.-]{1,64}")) {
        problems.add(
            KEYS + " (value not shown): expected id:base64,... with ids of letters, digits, _ . -");
      } else if (!isKey(part.substring(colon + 1).trim())) {
        problems.add(
            KEYS
                + " (value not shown): the key '"
                + id
                + "' is not 32 bytes in Base64; openssl rand -base64 32 makes one");
      } else if (keys.put(id, Secret.of(part.substring(colon + 1).trim())) != null) {
        problems.add(KEYS + " (value not shown): the key '" + id + "' occurs twice");
      }
    }
    return keys;
  }

  private static boolean isKey(String base64) {
    try {
      return Base64.getDecoder().decode(base64).length == KEY_BYTES;
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }
}
