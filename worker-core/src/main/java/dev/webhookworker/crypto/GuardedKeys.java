package dev.webhookworker.crypto;

import dev.webhookworker.foreign.ForeignCode;
import dev.webhookworker.spi.KeyProvider;
import java.util.Optional;
import java.util.function.Supplier;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/** A provider whose every failure is the same one: {@link KeysUnavailableException}. */
record GuardedKeys(KeyProvider provider) implements KeyProvider {

  static KeyProvider of(KeyProvider provider) {
    return provider instanceof ConfiguredKeys ? provider : new GuardedKeys(provider);
  }

  @Override
  public Optional<String> activeKeyId() {
    return asked(provider::activeKeyId);
  }

  @Override
  public Optional<SecretKey> key(String id) {
    return asked(() -> provider.key(id));
  }

  private <T> Optional<T> asked(Supplier<@Nullable Optional<T>> question) {
    Optional<Optional<T>> answer =
        ForeignCode.ask(provider, Optional.empty(), () -> Optional.ofNullable(question.get()));
    return answer.orElseThrow(
        () ->
            new KeysUnavailableException(
                "the provider of encryption keys, "
                    + provider.getClass().getName()
                    + ", failed; see the log"));
  }
}
