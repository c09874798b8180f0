package dev.webhookworker.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.ToolSettings;
import dev.webhookworker.forward.TlsIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A schema at an allowed host, by real handshakes. */
class RemoteSchemaTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration KEPT = Duration.ofMinutes(10);

  @TempDir private Path folder;
  private SSLContext platform;
  private HttpsServer server;
  private volatile String schema = "{\"required\":[\"id\"]}";
  private volatile int status = 200;
  private volatile int statusOfPart = 200;
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicLong nanos = new AtomicLong();
  private final PayloadSchemas schemas =
      new PayloadSchemas(ToolSettings.DEFAULTS.withSchemaHosts(Set.of("localhost")), nanos::get);

  @BeforeEach
  void serve() throws Exception {
    TlsIdentity identity = TlsIdentity.of("localhost", folder);
    SSLContext trusting = identity.serverFor(identity);
    platform = SSLContext.getDefault();
    SSLContext.setDefault(trusting);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getByName("localhost"), 0), 10);
    server.setHttpsConfigurator(new HttpsConfigurator(trusting));
    server.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          boolean part = exchange.getRequestURI().getPath().equals("/part.json");
          byte[] body = (part ? "{\"minimum\":3}" : schema).getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Location", "https://localhost:1/other.json");
          exchange.sendResponseHeaders(part ? statusOfPart : status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    SSLContext.setDefault(platform);
    server.stop(0);
  }

  private void check(String payload) throws IOException {
    JsonNode json = JSON.readTree(payload);
    schemas.check("https://localhost:" + server.getAddress().getPort() + "/s.json", json, "shop");
  }

  @Test
  void itIsLoadedOnceAndAgainWhenItWasKeptForLong() throws Exception {
    check("{\"id\":1}");
    assertThatThrownBy(() -> check("{}"))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("(required id)");
    assertThat(asked).hasValue(1);
    schema = "{\"required\":[\"number\"]}";
    nanos.addAndGet(KEPT.toNanos());
    assertThatThrownBy(() -> check("{\"id\":1}")).hasMessageContaining("(required number)");
    assertThat(asked).hasValue(2);
  }

  @Test
  void whileItCantBeHadTheEventIsToBeRetried() {
    status = 503;
    assertThatThrownBy(() -> check("{\"id\":1}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("503");
    status = 302;
    assertThatThrownBy(() -> check("{\"id\":1}"))
        .as("redirects are not followed")
        .isInstanceOf(IOException.class)
        .hasMessageContaining("302");
    status = 200;
    assertThatCode(() -> check("{\"id\":1}")).doesNotThrowAnyException();
    server.stop(0);
    nanos.addAndGet(KEPT.toNanos());
    assertThatThrownBy(() -> check("{\"id\":1}")).isInstanceOf(IOException.class);
  }

  @Test
  void whatIsNoSchemaIsToldAndNotRetried() {
    schema = "<html>";
    assertThatThrownBy(() -> check("{}"))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("schema_url");
    schema = "\"" + "x".repeat(1024 * 1024) + "\"";
    assertThatThrownBy(() -> check("{}"))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("larger than");
  }

  @Test
  void aHostWhoseCertificateNobodyTrustsIsNotBelieved() {
    SSLContext.setDefault(platform);
    assertThatThrownBy(() -> check("{\"id\":1}")).isInstanceOf(IOException.class);
    assertThat(asked).hasValue(0);
  }

  @Test
  void whileSomethingItRefersToCantBeHadTheEventIsToBeRetried() {
    schema =
        "{\"properties\":{\"id\":{\"$ref\":\"part.json\"}},\"$id\":\"https://localhost:%d/s.json\"}"
            .formatted(server.getAddress().getPort());
    statusOfPart = 503;
    assertThatThrownBy(() -> check("{\"id\":1}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("503");
    statusOfPart = 200;
    assertThatThrownBy(() -> check("{\"id\":1}")).hasMessageContaining("'/id' (minimum)");
    assertThatCode(() -> check("{\"id\":3}")).doesNotThrowAnyException();
  }

  @Test
  void whatItRefersToAtAForeignHostIsRefused() {
    schema = "{\"properties\":{\"id\":{\"$ref\":\"https://example.com/part.json\"}}}";
    assertThatThrownBy(() -> check("{\"id\":1}"))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("WORKER_SCHEMA_HOSTS");
  }

  @Test
  void aSchemaThatIsWrongItselfIsToldInsteadOfBlamingPayloads() {
    schema = "{\"properties\":{\"id\":{\"type\":\"numbre\"}}}";
    assertThatThrownBy(() -> check("{\"id\":1}"))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("is no JSON Schema")
        .hasMessageContaining("/properties/id/type");
    schema = "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"required\":\"id\"}";
    assertThatThrownBy(() -> check("{\"id\":1}")).hasMessageContaining("/required");
  }
}
