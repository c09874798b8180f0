package dev.webhookworker.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhookworker.forward.http.HttpClientSender;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinnedAddressTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private static HttpMessage message(String url, Duration timeout) {
    return new HttpMessage(
        URI.create(url), Map.of("webhook-id", "1"), new byte[] {'{', '}'}, timeout);
  }

  @Test
  void theConnectionGoesToTheCheckedAddressWithTheNameOfTheUrl() throws Exception {
    AtomicInteger lookups = new AtomicInteger();
    // A name that no DNS knows: only the guard can have resolved it, and it was asked once.
    AddressGuard guard =
        new AddressGuard(
            List.of("127.0.0.1"),
            host -> {
              lookups.incrementAndGet();
              return new InetAddress[] {InetAddress.getByName("127.0.0.1")};
            });
    try (Receiver receiver = new Receiver();
        HttpSender sender = HttpClientSender.start(guard, null)) {
      String url = "http://hooks.example.invalid:" + receiver.port() + "/x";
      assertThat(sender.send(message(url, TIMEOUT)).get().status()).isEqualTo(200);
      assertThat(receiver.taken().get(0).headers().getFirst("Host"))
          .isEqualTo("hooks.example.invalid:" + receiver.port());
    }
    assertThat(lookups).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"xn--bcher-kva.example", "shop_crm", "_a._b.internal", "XN--BCHER-KVA.example"})
  void aHostIsLookedUpByTheNameThatDnsKnows(String host) throws Exception {
    List<String> lookups = new CopyOnWriteArrayList<>();
    AddressGuard guard =
        new AddressGuard(
            List.of("xn--bcher-kva.example", "shop_crm", "*.internal"),
            name -> {
              lookups.add(name);
              return new InetAddress[] {InetAddress.getByName("127.0.0.1")};
            });
    try (Receiver receiver = new Receiver();
        HttpSender sender = HttpClientSender.start(guard, null)) {
      URI url = TargetUrl.parse("http://" + host + ":" + receiver.port() + "/x");
      HttpMessage message = new HttpMessage(url, Map.of(), new byte[] {'{', '}'}, TIMEOUT);
      assertThat(sender.send(message).get().status()).isEqualTo(200);
      assertThat(receiver.taken().get(0).headers().getFirst("Host"))
          .isEqualToIgnoringCase(host + ":" + receiver.port());
    }
    assertThat(lookups).containsExactly(host.toLowerCase(Locale.ROOT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://shop_crm@evil_host/",
        "http://evil_host:0/",
        "http://evil_host:65536/",
        "http://a_b:80:80/",
        "http://a_b%2e/",
        "http:///x",
        "http://_:x/",
        "http://a b/",
        "http://0x7f_1.1/"
      })
  void whatIsNoHostIsRefused(String url) {
    assertThatThrownBy(() -> TargetUrl.parse(url)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aNameThatTurnsPrivateAfterTheCheckIsRefused() throws Exception {
    AtomicInteger lookups = new AtomicInteger();
    AddressGuard guard =
        new AddressGuard(
            List.of(),
            host ->
                InetAddress.getAllByName(
                    lookups.getAndIncrement() == 0 ? "198.51.100.1" : "127.0.0.1"));
    try (Receiver receiver = new Receiver();
        HttpSender sender = HttpClientSender.start(guard, null)) {
      String url = "http://hooks.example.invalid:" + receiver.port() + "/x";
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> sender.send(message(url, TIMEOUT)).get())
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(ForbiddenAddressException.class);
      }
      assertThat(receiver.asked()).isEmpty();
    }
  }

  @Test
  void theProxyOfTheSystemIsNotUsed() throws Exception {
    AddressGuard guard = new AddressGuard(List.of("127.0.0.1"), NameLookup.SYSTEM);
    System.setProperty("http.proxyHost", "127.0.0.1");
    System.setProperty("http.proxyPort", "1");
    System.setProperty("http.nonProxyHosts", "");
    try (Receiver receiver = new Receiver();
        HttpSender sender = HttpClientSender.start(guard, null)) {
      assertThat(sender.send(message(receiver.url(), TIMEOUT)).get().status()).isEqualTo(200);
    } finally {
      System.clearProperty("http.proxyHost");
      System.clearProperty("http.proxyPort");
      System.clearProperty("http.nonProxyHosts");
    }
  }

  @Test
  void anAnswerThatNeverEndsEndsWithTheTimeout() throws Exception {
    AddressGuard guard = new AddressGuard(List.of("127.0.0.1"), NameLookup.SYSTEM);
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        HttpSender sender = HttpClientSender.start(guard, null)) {
      Thread endless =
          new Thread(
              () -> {
                try (Socket socket = server.accept();
                    InputStream in = socket.getInputStream();
                    OutputStream out = socket.getOutputStream()) {
                  in.read(new byte[1024]);
                  out.write(
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                          .getBytes(StandardCharsets.US_ASCII));
                  while (true) {
                    out.write("4\r\nabcd\r\n".getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                  }
                } catch (java.io.IOException ended) {
                  // The client hung up.
                }
              });
      endless.start();
      String url = "http://127.0.0.1:" + server.getLocalPort() + "/";
      // Long enough for a client that has just been started to connect.
      assertThatThrownBy(() -> sender.send(message(url, Duration.ofSeconds(2))).get())
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(TimeoutException.class);
      endless.join(5_000);
      assertThat(endless.isAlive()).isFalse();
    }
  }
}
