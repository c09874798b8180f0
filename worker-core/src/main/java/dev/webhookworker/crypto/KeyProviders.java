package dev.webhookworker.crypto;

import dev.webhookworker.ConfigurationException;
import dev.webhookworker.EncryptionSettings;
import dev.webhookworker.spi.KeyProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import javax.crypto.SecretKey;

/** Where keys come from when the builder was given no {@link KeyProvider}. Stateless. */
public final class KeyProviders {

  private KeyProviders() {}

  /**
   * The provider in {@code META-INF/services}, which encrypts, and behind it the configured keys,
   * which still open what they have encrypted; without a provider the configured keys.
   *
   * @throws ConfigurationException when there are several providers, or one can't be made
   */
  public static KeyProvider found(EncryptionSettings settings) {
    List<KeyProvider> found = new ArrayList<>();
    try {
      ServiceLoader.load(KeyProvider.class).forEach(found::add);
    } catch (ServiceConfigurationError broken) {
      throw new ConfigurationException(
          List.of(
              "META-INF/services/"
                  + KeyProvider.class.getName()
                  + " names a class that can't be used: "
                  + broken.getMessage()));
    }
    if (found.size() > 1) {
      throw new ConfigurationException(
          List.of(
              "there are "
                  + found.size()
                  + " providers of encryption keys in META-INF/services: keep one of "
                  + found.stream().map(one -> one.getClass().getName()).sorted().toList()));
    }
    KeyProvider configured = new ConfiguredKeys(settings);
    return found.isEmpty() ? configured : new WithOlder(found.get(0), configured);
  }

  private record WithOlder(KeyProvider provider, KeyProvider older) implements KeyProvider {

    @Override
    public Optional<String> activeKeyId() {
      return provider.activeKeyId();
    }

    @Override
    public Optional<SecretKey> key(String id) {
      Optional<SecretKey> key = provider.key(id);
      return key.isPresent() ? key : older.key(id);
    }
  }
}
