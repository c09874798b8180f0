package dev.webhookworker.forward;

import dev.webhookworker.NonRetryableException;
import dev.webhookworker.forward.http.HttpClientSender;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The senders in use, made when they are first needed: one for all destinations, and one more for
 * each way to prove oneself by certificate. Thread-safe.
 */
final class HttpSenders implements AutoCloseable {

  private static final int MOST_SENDERS = 100;

  private final AddressGuard guard;

  // Guarded by this; in the order in which they were made.
  private final Map<Optional<ClientTls>, HttpSender> byTls = new LinkedHashMap<>();
  private boolean closed;

  HttpSenders(AddressGuard guard) {
    this.guard = guard;
  }

  /**
   * @throws NonRetryableException when the HTTP library is missing; says what to add
   */
  synchronized HttpSender with(@Nullable ClientTls tls) {
    if (closed) {
      throw new IllegalStateException("the worker is closed");
    }
    Optional<ClientTls> key = Optional.ofNullable(tls);
    HttpSender known = byTls.get(key);
    if (known != null && known.isRunning()) {
      return known;
    }
    if (known != null) {
      known.close();
      byTls.remove(key);
    }
    if (byTls.size() >= MOST_SENDERS) {
      Optional<ClientTls> oldest = byTls.keySet().iterator().next();
      Objects.requireNonNull(byTls.remove(oldest)).close();
    }
    HttpSender made = made(tls);
    byTls.put(key, made);
    return made;
  }

  private HttpSender made(@Nullable ClientTls tls) {
    try {
      return HttpClientSender.start(guard, tls);
    } catch (NoClassDefFoundError missing) {
      throw new NonRetryableException(
          "forwarding needs the library Apache HttpClient 5: add the dependency"
              + " org.apache.httpcomponents.client5:httpclient5 (5.4 or later)",
          missing);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    byTls.values().forEach(HttpSender::close);
  }
}
