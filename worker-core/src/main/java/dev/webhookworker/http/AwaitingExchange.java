package dev.webhookworker.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;

/**
 * An exchange that tells {@link HttpThreads} whenever it waits for the client: to read, to write,
 * and to close, for the JDK reads on what was left of the request's body then.
 */
final class AwaitingExchange extends HttpExchange {

  private final HttpExchange exchange;

  AwaitingExchange(HttpExchange exchange) {
    this.exchange = exchange;
  }

  @Override
  public InputStream getRequestBody() {
    return new FromClient(exchange.getRequestBody());
  }

  @Override
  public OutputStream getResponseBody() {
    return new ToClient(exchange.getResponseBody());
  }

  @Override
  public void sendResponseHeaders(int status, long length) throws IOException {
    HttpThreads.awaitClient(
        () -> {
          exchange.sendResponseHeaders(status, length);
          return true;
        });
  }

  @Override
  public void close() {
    try {
      HttpThreads.awaitClient(
          () -> {
            exchange.close();
            return true;
          });
    } catch (IOException gaveWay) {
      exchange.close();
    }
  }

  @Override
  public Headers getRequestHeaders() {
    return exchange.getRequestHeaders();
  }

  @Override
  public Headers getResponseHeaders() {
    return exchange.getResponseHeaders();
  }

  @Override
  public URI getRequestURI() {
    return exchange.getRequestURI();
  }

  @Override
  public String getRequestMethod() {
    return exchange.getRequestMethod();
  }

  @Override
  public HttpContext getHttpContext() {
    return exchange.getHttpContext();
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    return exchange.getRemoteAddress();
  }

  @Override
  public int getResponseCode() {
    return exchange.getResponseCode();
  }

  @Override
  public InetSocketAddress getLocalAddress() {
    return exchange.getLocalAddress();
  }

  @Override
  public String getProtocol() {
    return exchange.getProtocol();
  }

  @Override
  public Object getAttribute(String name) {
    return exchange.getAttribute(name);
  }

  @Override
  public void setAttribute(String name, Object value) {
    exchange.setAttribute(name, value);
  }

  @Override
  public void setStreams(InputStream in, OutputStream out) {
    exchange.setStreams(in, out);
  }

  @Override
  public HttpPrincipal getPrincipal() {
    return exchange.getPrincipal();
  }

  private static final class FromClient extends FilterInputStream {

    FromClient(InputStream sent) {
      super(sent);
    }

    @Override
    public int read() throws IOException {
      return HttpThreads.awaitClient(super::read);
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      return HttpThreads.awaitClient(() -> super.read(into, from, length));
    }

    @Override
    public void close() throws IOException {
      HttpThreads.awaitClient(
          () -> {
            super.close();
            return true;
          });
    }
  }

  private static final class ToClient extends FilterOutputStream {

    ToClient(OutputStream answer) {
      super(answer);
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      HttpThreads.awaitClient(
          () -> {
            out.write(bytes, from, length);
            return true;
          });
    }

    @Override
    public void flush() throws IOException {
      HttpThreads.awaitClient(
          () -> {
            out.flush();
            return true;
          });
    }

    @Override
    public void close() throws IOException {
      HttpThreads.awaitClient(
          () -> {
            out.close();
            return true;
          });
    }
  }
}
