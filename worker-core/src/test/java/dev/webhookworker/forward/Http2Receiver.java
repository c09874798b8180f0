package dev.webhookworker.forward;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.impl.bootstrap.HttpAsyncServer;
import org.apache.hc.core5.http.nio.AsyncRequestConsumer;
import org.apache.hc.core5.http.nio.AsyncServerRequestHandler;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityConsumer;
import org.apache.hc.core5.http.nio.support.AsyncResponseBuilder;
import org.apache.hc.core5.http.nio.support.BasicRequestConsumer;
import org.apache.hc.core5.http.nio.support.BasicServerExchangeHandler;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.http2.impl.nio.bootstrap.H2ServerBootstrap;
import org.apache.hc.core5.http2.ssl.H2ServerTlsStrategy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.ListenerEndpoint;
import org.jspecify.annotations.Nullable;

/** A receiver that agrees on HTTP/2 by ALPN, and notes what it was sent in which protocol. */
final class Http2Receiver
    implements AsyncServerRequestHandler<Message<HttpRequest, byte[]>>, AutoCloseable {

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile @Nullable String retryAfter;
  private final HttpAsyncServer server;
  private final int port;

  private Http2Receiver(SSLContext tls) throws Exception {
    server =
        H2ServerBootstrap.bootstrap()
            .setVersionPolicy(HttpVersionPolicy.NEGOTIATE)
            .setTlsStrategy(new H2ServerTlsStrategy(tls))
            .setRequestRouter((request, context) -> () -> new BasicServerExchangeHandler<>(this))
            .create();
    server.start();
    ListenerEndpoint endpoint =
        server
            .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), URIScheme.HTTPS)
            .get();
    port = ((InetSocketAddress) endpoint.getAddress()).getPort();
  }

  static Http2Receiver start(SSLContext tls) throws Exception {
    return new Http2Receiver(tls);
  }

  int port() {
    return port;
  }

  /** From now on it answers 503 with that {@code Retry-After}. */
  void isBusyFor(String seconds) {
    retryAfter = seconds;
  }

  List<String> requests() {
    return requests;
  }

  @Override
  public AsyncRequestConsumer<Message<HttpRequest, byte[]>> prepare(
      HttpRequest request, EntityDetails body, HttpContext context) {
    return new BasicRequestConsumer<>(new BasicAsyncEntityConsumer());
  }

  @Override
  public void handle(
      Message<HttpRequest, byte[]> message, ResponseTrigger answer, HttpContext context)
      throws HttpException, IOException {
    HttpRequest request = message.getHead();
    requests.add(
        context.getProtocolVersion()
            + " "
            + request.getMethod()
            + " "
            + request.getAuthority()
            + " "
            + request.getPath()
            + " "
            + request.getHeader("webhook-id")
            + " "
            + new String(message.getBody(), StandardCharsets.UTF_8));
    String busy = retryAfter;
    AsyncResponseBuilder response =
        busy == null
            ? AsyncResponseBuilder.create(200).setEntity("taken", ContentType.TEXT_PLAIN)
            : AsyncResponseBuilder.create(503).setHeader("Retry-After", busy);
    answer.submitResponse(response.build(), context);
  }

  @Override
  public void close() {
    server.close(CloseMode.IMMEDIATE);
  }
}
