package dev.webhookworker.forward.http;

import dev.webhookworker.forward.AddressGuard;
import dev.webhookworker.forward.ClientTls;
import dev.webhookworker.forward.HttpAnswer;
import dev.webhookworker.forward.HttpMessage;
import dev.webhookworker.forward.HttpSender;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.concurrent.DefaultThreadFactory;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.nio.support.AsyncRequestBuilder;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.reactor.IOReactorStatus;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Apache HttpClient 5, asynchronous, HTTP/1.1 and HTTP/2 (by ALPN). Connects only to addresses that
 * the guard returned, with host name and SNI of the url; follows no redirect, uses no proxy, keeps
 * no cookie, repeats nothing. Thread-safe.
 */
public final class HttpClientSender implements HttpSender {

  private static final Logger LOG = LoggerFactory.getLogger(HttpClientSender.class);

  /** The gates limit what is under way; the pool must never make a request wait. */
  private static final int MOST_CONNECTIONS = 100_000;

  private static final Timeout CONNECT_TIMEOUT = Timeout.ofSeconds(10);

  /** A host name is looked up and checked again at least that often. */
  private static final TimeValue CONNECTION_LIFETIME = TimeValue.ofMinutes(1);

  private static final Timeout IDLE = Timeout.ofSeconds(15);

  private final CloseableHttpAsyncClient client;
  private final AtomicBoolean closing;

  private HttpClientSender(CloseableHttpAsyncClient client, AtomicBoolean closing) {
    this.client = client;
    this.closing = closing;
  }

  /**
   * @param tls null for the platform's trust and no client certificate
   */
  public static HttpSender start(AddressGuard guard, @Nullable ClientTls tls) {
    PoolingAsyncClientConnectionManagerBuilder connections =
        PoolingAsyncClientConnectionManagerBuilder.create()
            .setDnsResolver(new GuardedDnsResolver(guard))
            .setMaxConnTotal(MOST_CONNECTIONS)
            .setMaxConnPerRoute(MOST_CONNECTIONS)
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setConnectTimeout(CONNECT_TIMEOUT)
                    .setTimeToLive(CONNECTION_LIFETIME)
                    .setIdleTimeout(IDLE)
                    .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                    .build());
    if (tls != null) {
      connections.setTlsStrategy(
          ClientTlsStrategyBuilder.create().setSslContext(tls.sslContext()).buildAsync());
    }
    AtomicBoolean closing = new AtomicBoolean();
    CloseableHttpAsyncClient client =
        HttpAsyncClientBuilder.create()
            .setConnectionManager(connections.build())
            .setRoutePlanner(new DefaultRoutePlanner(DefaultSchemePortResolver.INSTANCE))
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setRedirectsEnabled(false)
                    .setAuthenticationEnabled(false)
                    .setProtocolUpgradeEnabled(false)
                    .build())
            .setIOReactorConfig(IOReactorConfig.custom().setIoThreadCount(2).build())
            .setIoReactorExceptionCallback(failure -> threadFailed(failure, closing))
            .setThreadFactory(new DefaultThreadFactory("worker-forward", true))
            .setUserAgent("webhook-worker")
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .evictIdleConnections(TimeValue.ofSeconds(15))
            .build();
    client.start();
    return new HttpClientSender(client, closing);
  }

  private static void threadFailed(Exception failure, AtomicBoolean closing) {
    // The library's own threads race at its end.
    if (!closing.get()) {
      LOG.atError().setCause(failure).log("A thread of the HTTP client failed; it is made anew");
    }
  }

  @Override
  public boolean isRunning() {
    // Its threads begin a moment after it was started; requests wait for them.
    IOReactorStatus status = client.getStatus();
    return status == IOReactorStatus.INACTIVE || status == IOReactorStatus.ACTIVE;
  }

  @Override
  public CompletableFuture<HttpAnswer> send(HttpMessage message) {
    AsyncRequestBuilder request =
        AsyncRequestBuilder.post(message.url())
            .setEntity(message.body(), ContentType.APPLICATION_JSON);
    message.headers().forEach(request::setHeader);
    CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();
    Future<HttpAnswer> underWay =
        client.execute(request.build(), new AnswerConsumer(answer::isDone), new Completion(answer));
    var unused =
        answer
            .orTimeout(message.timeout().toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    underWay.cancel(true);
                  }
                });
    return answer;
  }

  @Override
  public void close() {
    closing.set(true);
    client.close(CloseMode.IMMEDIATE);
  }

  /** Hands the library's result over. */
  private record Completion(CompletableFuture<HttpAnswer> answer)
      implements FutureCallback<HttpAnswer> {

    @Override
    public void completed(HttpAnswer result) {
      answer.complete(result);
    }

    @Override
    public void failed(Exception failure) {
      answer.completeExceptionally(failure);
    }

    @Override
    public void cancelled() {
      answer.cancel(false);
    }
  }
}
