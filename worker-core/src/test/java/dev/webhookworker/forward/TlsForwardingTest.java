package dev.webhookworker.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.webhookworker.forward.http.HttpClientSender;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real handshakes with a name that no DNS knows: the connection goes to the checked address. */
class TlsForwardingTest {

  private static final String HOST = "hooks.example.invalid";
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @TempDir private static Path folder;
  private static TlsIdentity server;
  private static TlsIdentity client;

  private final List<String> names = new CopyOnWriteArrayList<>();
  private final List<String> peers = new CopyOnWriteArrayList<>();
  private @Nullable HttpsServer https;

  @BeforeAll
  static void makeIdentities() throws Exception {
    server = TlsIdentity.of(HOST, folder);
    client = TlsIdentity.of("client.example.invalid", folder);
  }

  @AfterEach
  void stop() {
    if (https != null) {
      https.stop(0);
    }
  }

  private int serve(boolean mutual) throws Exception {
    HttpsServer made =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    https = made;
    made.setHttpsConfigurator(
        new HttpsConfigurator(server.serverFor(client)) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters tls = getSSLContext().getDefaultSSLParameters();
            tls.setNeedClientAuth(mutual);
            parameters.setSSLParameters(tls);
          }
        });
    made.createContext(
        "/",
        exchange -> {
          ExtendedSSLSession session =
              (ExtendedSSLSession) ((HttpsExchange) exchange).getSSLSession();
          session
              .getRequestedServerNames()
              .forEach(name -> names.add(((SNIHostName) name).getAsciiName()));
          peers.add(peer(session));
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    made.start();
    return made.getAddress().getPort();
  }

  private static String peer(ExtendedSSLSession session) {
    try {
      return session.getPeerPrincipal().getName();
    } catch (SSLPeerUnverifiedException none) {
      return "nobody";
    }
  }

  private static int send(ClientTls tls, String host, int port) throws Exception {
    return answer(tls, host, port).status();
  }

  private static HttpAnswer answer(ClientTls tls, String host, int port) throws Exception {
    AddressGuard guard =
        new AddressGuard(
            List.of("127.0.0.1"), asked -> new InetAddress[] {InetAddress.getByName("127.0.0.1")});
    try (HttpSender sender = HttpClientSender.start(guard, tls)) {
      return sender
          .send(
              new HttpMessage(
                  URI.create("https://" + host + ":" + port + "/in"),
                  Map.of("webhook-id", "1"),
                  new byte[] {'{', '}'},
                  TIMEOUT))
          .get();
    }
  }

  @Test
  void theNameOfTheUrlIsAskedForAndProvedWhileTheAddressIsPinned() throws Exception {
    int port = serve(false);
    ClientTls trusting = new ClientTls(null, null, server.certificate());
    assertThat(send(trusting, HOST, port)).isEqualTo(204);
    assertThat(names).containsExactly(HOST);
    assertThat(peers).containsExactly("nobody");
  }

  @Test
  void aCertificateForAnotherNameIsRefused() throws Exception {
    int port = serve(false);
    ClientTls trusting = new ClientTls(null, null, server.certificate());
    for (String other : List.of("other.example.invalid", "127.0.0.1")) {
      assertThatThrownBy(() -> send(trusting, other, port))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(SSLException.class);
    }
    assertThat(peers).isEmpty();
  }

  @Test
  void aCertificateOfNobodyTrustedIsRefused() throws Exception {
    int port = serve(false);
    assertThatThrownBy(() -> send(new ClientTls(null, null, client.certificate()), HOST, port))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(SSLException.class);
    assertThat(peers).isEmpty();
  }

  @Test
  void theWorkerProvesItselfByItsCertificate() throws Exception {
    int port = serve(true);
    ClientTls own = new ClientTls(client.certificate(), client.privateKey(), server.certificate());
    assertThat(send(own, HOST, port)).isEqualTo(204);
    assertThat(peers).containsExactly("CN=client.example.invalid");
    ClientTls without = new ClientTls(null, null, server.certificate());
    assertThatThrownBy(() -> send(without, HOST, port)).isInstanceOf(ExecutionException.class);
    assertThat(peers).hasSize(1);
  }

  @Test
  void aReceiverThatSpeaksHttp2IsSpokenToInIt() throws Exception {
    try (Http2Receiver receiver = Http2Receiver.start(server.serverFor(client))) {
      ClientTls trusting = new ClientTls(null, null, server.certificate());
      HttpAnswer taken = answer(trusting, HOST, receiver.port());
      assertThat(taken.status()).isEqualTo(200);
      assertThat(taken.start()).isEqualTo("taken");
      receiver.isBusyFor("7");
      HttpAnswer busy = answer(trusting, HOST, receiver.port());
      assertThat(busy.status()).isEqualTo(503);
      assertThat(busy.retryAfter()).isEqualTo("7");
      assertThat(receiver.requests())
          .hasSize(2)
          .containsOnly("HTTP/2.0 POST " + HOST + ":" + receiver.port() + " /in webhook-id: 1 {}");
    }
  }
}
