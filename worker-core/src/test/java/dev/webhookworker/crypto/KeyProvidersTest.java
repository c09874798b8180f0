package dev.webhookworker.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.webhookworker.ConfigurationException;
import dev.webhookworker.EncryptionSettings;
import dev.webhookworker.Secret;
import dev.webhookworker.port.EncryptionContext;
import dev.webhookworker.spi.KeyProvider;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyProvidersTest {

  private static final EncryptionSettings CONFIGURED =
      new EncryptionSettings(
          List.of("/mail"),
          Map.of("old", Secret.of(Base64.getEncoder().encodeToString(new byte[32]))));

  @TempDir Path folder;

  /** A provider as a key service's jar would bring one. */
  public static class Vault implements KeyProvider {
    @Override
    public Optional<String> activeKeyId() {
      return Optional.of("vault");
    }

    @Override
    public Optional<SecretKey> key(String id) {
      return id.equals("vault")
          ? Optional.of(new SecretKeySpec(new byte[32], "AES"))
          : Optional.empty();
    }
  }

  public static final class Another extends Vault {}

  private interface Keyed {
    void run(KeyProvider keys);
  }

  private void withServices(String names, Keyed test) throws Exception {
    Path file = folder.resolve("META-INF/services/" + KeyProvider.class.getName());
    Files.createDirectories(file.getParent());
    Files.writeString(file, names);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      test.run(KeyProviders.found(CONFIGURED));
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void aProviderThatIsFoundEncryptsAndConfiguredKeysStillOpen() throws Exception {
    String old =
        new FieldEncryption(CONFIGURED)
            .encrypt(EncryptionContext.ofEvent(null, "1-0", "1"), null, "{\"mail\":\"a\"}");
    withServices(
        Vault.class.getName(),
        keys -> {
          FieldEncryption encryption = new FieldEncryption(CONFIGURED.fields(), keys);
          assertThat(
                  encryption.encrypt(
                      EncryptionContext.ofEvent(null, "1-0", "1"), null, "{\"mail\":\"b\"}"))
              .contains("enc:v2:vault:");
          assertThat(encryption.decrypt(EncryptionContext.ofEvent(null, "1-0", "1"), old).text())
              .isEqualTo("{\"mail\":\"a\"}");
        });
  }

  @Test
  void withoutAProviderTheConfiguredKeysAreUsed() {
    assertThat(KeyProviders.found(CONFIGURED).activeKeyId()).contains("old");
  }

  @Test
  void twoProvidersAreRefused() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () -> withServices(Vault.class.getName() + "\n" + Another.class.getName(), keys -> {}))
        .withMessageContaining("Vault")
        .withMessageContaining("Another");
  }
}
