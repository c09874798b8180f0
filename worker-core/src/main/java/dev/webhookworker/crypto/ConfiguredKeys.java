package dev.webhookworker.crypto;

import dev.webhookworker.EncryptionSettings;
import dev.webhookworker.spi.KeyProvider;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** The keys of the configuration; the first one is active. Immutable. */
public final class ConfiguredKeys implements KeyProvider {

  private final Map<String, SecretKey> keys = new LinkedHashMap<>();

  public ConfiguredKeys(EncryptionSettings settings) {
    settings
        .keys()
        .forEach(
            (id, key) ->
                keys.put(id, new SecretKeySpec(Base64.getDecoder().decode(key.reveal()), "AES")));
  }

  @Override
  public Optional<String> activeKeyId() {
    return keys.keySet().stream().findFirst();
  }

  @Override
  public Optional<SecretKey> key(String id) {
    return Optional.ofNullable(keys.get(id));
  }
}
