package dev.webhookworker.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.webhookworker.ConfigurationException;
import dev.webhookworker.OpsSettings;
import dev.webhookworker.Secret;
import dev.webhookworker.WorkerConfig;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpsAccessTest {

  private OpsStageInMemory stage;

  @BeforeEach
  void start() throws Exception {
    stage = OpsStageInMemory.start();
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private OpsClient.Reply login(String token, String name) throws Exception {
    return stage
        .anybody()
        .act("/session", "{\"token\":\"" + token + "\",\"name\":\"" + name + "\"}");
  }

  private static String cookie(OpsClient.Reply login) {
    return login.response().headers().firstValue("Set-Cookie").orElseThrow();
  }

  private OpsClient browser(OpsClient.Reply login) {
    return stage.anybody().with("Cookie", cookie(login).replaceAll(";.*", ""));
  }

  @Test
  void nothingOfTheApiIsToldWithoutAToken() throws Exception {
    for (Map.Entry<String, JsonNode> path : OpsClient.description().path("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        if (!operation.getValue().path("x-role").asText().equals("nobody")) {
          String method = operation.getKey().toUpperCase(java.util.Locale.ROOT);
          String asked = path.getKey().replaceAll("\\{[^}]+}", "some");
          assertThat(stage.anybody().call(method, asked, "").status())
              .as(method + " " + asked)
              .isEqualTo(401);
        }
      }
    }
  }

  @Test
  void everyOperationIsDescribedAndEveryDescribedOneIsThere() throws Exception {
    for (Map.Entry<String, JsonNode> path : OpsClient.description().path("paths").properties()) {
      for (String method : List.of("GET", "POST", "DELETE", "PUT", "PATCH")) {
        boolean described = path.getValue().has(method.toLowerCase(java.util.Locale.ROOT));
        if (!path.getKey().matches("/session|/live")) {
          String asked = path.getKey().replaceAll("\\{[^}]+}", "some");
          HttpResponse<String> answer =
              stage.viewer().with("Content-Type", "application/json").send(method, asked, "");
          assertThat(answer.statusCode() != 405).as(method + " " + asked).isEqualTo(described);
        }
      }
    }
    // And the other way round: no route that the description lacks.
    for (Route route : routes()) {
      assertThat(
              OpsClient.description()
                  .path("paths")
                  .path(route.template())
                  .path(route.method().toLowerCase(java.util.Locale.ROOT))
                  .path("x-role")
                  .asText())
          .as(route.method() + " " + route.template())
          .isEqualTo(route.needs().code());
    }
  }

  private List<Route> routes() {
    return Routes.of(stage.parts(), new Acts(stage.parts()), new Overview(stage.parts()), jobs());
  }

  private BulkJobs jobs() {
    return new BulkJobs(stage.worker.deadLetters(), Clock.systemUTC());
  }

  @Test
  void aViewerLooksAndDoesNotAct() throws Exception {
    assertThat(stage.viewer().get("/overview").status()).isEqualTo(200);
    for (Route route : routes()) {
      if (route.isAct()) {
        OpsClient.Reply refused =
            stage.viewer().act(route.template().replaceAll("\\{[^}]+}", "some"), "{}");
        assertThat(refused.status()).as(route.template()).isEqualTo(403);
        assertThat(refused.body().path("code").asText()).isEqualTo("forbidden");
      }
    }
  }

  @Test
  void aBrowserLogsInWithACookieThatScriptsAndOtherSitesDoNotGet() throws Exception {
    OpsClient.Reply login = login(OpsStageInMemory.OPERATOR, "Ann Example");
    assertThat(login.status()).isEqualTo(200);
    assertThat(cookie(login))
        .contains("HttpOnly", "SameSite=Strict", "Path=/ops", "Max-Age=28800")
        .doesNotContain("Secure")
        .doesNotContain(OpsStageInMemory.OPERATOR);
    assertThat(browser(login).get("/session").body().path("name").asText())
        .isEqualTo("Ann Example");
    OpsClient.Reply behindTls =
        stage
            .anybody()
            .with("X-Forwarded-Proto", "https")
            .act("/session", "{\"token\":\"" + OpsStageInMemory.OPERATOR + "\",\"name\":\"a\"}");
    assertThat(cookie(behindTls)).contains("; Secure");
  }

  @Test
  void anActOfABrowserNeedsWhatOnlyThePageKnows() throws Exception {
    OpsClient.Reply login = login(OpsStageInMemory.OPERATOR, "ann");
    OpsClient browser = browser(login);
    OpsClient.Reply forged = browser.act("/worker/pause", "{}");
    assertThat(forged.status()).isEqualTo(403);
    assertThat(forged.body().path("code").asText()).isEqualTo("csrf");
    assertThat(browser.with("X-CSRF-Token", "x".repeat(43)).act("/worker/pause", "{}").status())
        .isEqualTo(403);
    String csrf = login.body().path("csrf_token").asText();
    OpsClient page = browser.with("X-CSRF-Token", csrf);
    assertThat(page.act("/worker/pause", "{}").status()).isEqualTo(200);
    assertThat(page.act("/worker/resume", "{}").status()).isEqualTo(200);
    // A form of another site can't send JSON without being asked first.
    assertThat(
            page.with("Content-Type", "text/plain")
                .send("POST", "/dead-letters/1-0/discard", "{\"reason\":\"x\"}")
                .statusCode())
        .isEqualTo(415);
  }

  @Test
  void aSessionEndsWithLogoutAndWithItsTime() throws Exception {
    OpsClient.Reply login = login(OpsStageInMemory.OPERATOR, "ann");
    OpsClient browser = browser(login);
    OpsClient page = browser.with("X-CSRF-Token", login.body().path("csrf_token").asText());
    assertThat(browser.call("DELETE", "/session", "").status()).isEqualTo(403);
    OpsClient.Reply logout = page.call("DELETE", "/session", "");
    assertThat(logout.status()).isEqualTo(204);
    assertThat(cookie(logout)).contains("Max-Age=0");
    assertThat(browser.get("/overview").status()).isEqualTo(401);

    Instant[] now = {Instant.parse("2026-01-01T00:00:00Z")};
    Clock clock =
        new Clock() {
          @Override
          public java.time.ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(java.time.ZoneId zone) {
            return this;
          }

          @Override
          public Instant instant() {
            return now[0];
          }
        };
    Sessions sessions = new Sessions(clock, Duration.ofHours(8));
    Sessions.Opened opened = sessions.open(new Principal("ann", Role.VIEWER));
    assertThat(sessions.find(opened.id())).isPresent();
    assertThat(opened.toString()).doesNotContain(opened.id());
    now[0] = now[0].plus(Duration.ofHours(8));
    assertThat(sessions.find(opened.id())).isEmpty();
  }

  @Test
  void aNulIsRefusedWhereverAnIdOrAFilterIsGiven() throws Exception {
    for (Route route : routes()) {
      String method = route.method();
      if (route.template().contains("{")) {
        String asked = route.template().replaceAll("\\{[^}]+}", "a%00b");
        assertThat(stage.operator().call(method, asked, "{}").status())
            .as(method + " " + asked)
            .isIn(400, 404);
      }
    }
    assertThat(stage.operator().call("GET", "/dead-letters?event_type=a%00b", "").status())
        .isEqualTo(400);
  }

  @Test
  void noActIsDoneForWhatAFormOfAnotherSiteCanSend() throws Exception {
    for (Route route : routes()) {
      if (route.isAct()) {
        String asked = route.template().replaceAll("\\{[^}]+}", "some");
        assertThat(
                stage
                    .operator()
                    .with("Content-Type", "text/plain")
                    .send(route.method(), asked, "{}")
                    .statusCode())
            .as(route.method() + " " + asked)
            .isEqualTo(415);
      }
    }
  }

  @Test
  void whoGuessesHasToWaitAndARightTokenAlwaysPasses() throws Exception {
    for (int i = 0; i < Attempts.OF_ONE_ADDRESS; i++) {
      assertThat(login("wrong-token-" + i, "eve").status()).isEqualTo(401);
    }
    OpsClient.Reply refused = login("wrong-token", "eve");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.response().headers().firstValueAsLong("Retry-After").orElse(0))
        .isBetween(1L, 60L);
    assertThat(stage.anybody().withToken("wrong-token").get("/overview").status()).isEqualTo(429);
    assertThat(login(OpsStageInMemory.OPERATOR, "ann").status()).isEqualTo(200);
    assertThat(stage.operator().get("/overview").status()).isEqualTo(200);
  }

  @Test
  void manyLoginsOfAViewerEndNoSessionOfAnOperator() {
    Sessions sessions = new Sessions(Clock.systemUTC(), Duration.ofHours(8));
    Sessions.Opened operator = sessions.open(new Principal("ann", Role.OPERATOR));
    for (int i = 0; i < 2_000; i++) {
      sessions.open(new Principal("viewer-" + i, Role.VIEWER));
    }
    assertThat(sessions.find(operator.id())).isPresent();
  }

  @Test
  void manyLoginsUnderOneNameEndNoSessionOfAnother() {
    Sessions sessions = new Sessions(Clock.systemUTC(), Duration.ofHours(8));
    Sessions.Opened bob = sessions.open(new Principal("bob", Role.VIEWER));
    for (int i = 0; i < 2_000; i++) {
      sessions.open(new Principal("ann", Role.VIEWER));
    }
    assertThat(sessions.find(bob.id())).isPresent();
  }

  @Test
  void manyAddressesTogetherHaveToWaitAsWellAndOnlyForAMinute() {
    AtomicLong now = new AtomicLong();
    Attempts attempts = new Attempts(now::get);
    for (int i = 0; i < Attempts.OF_ALL; i++) {
      attempts.checkLogin("10.0.0." + i);
      attempts.failed("10.0.0." + i);
    }
    assertThatThrownBy(() -> attempts.checkLogin("10.0.1.1")).isInstanceOf(ApiProblem.class);
    attempts.checkAddress("10.0.1.1");
    now.addAndGet(Duration.ofMinutes(1).toNanos());
    attempts.checkLogin("10.0.1.1");
  }

  @Test
  void aNameThatCouldForgeALogLineIsNoActor() throws Exception {
    for (String name : List.of("", "a\\nb", "a\\u202eb", "x".repeat(65))) {
      assertThat(login(OpsStageInMemory.OPERATOR, name).status()).as(name).isEqualTo(400);
    }
    assertThat(stage.operator().with("X-Actor", "x".repeat(65)).get("/worker").status())
        .isEqualTo(400);
  }

  @Test
  void shortOrEqualTokensAreNoConfiguration() {
    assertThatThrownBy(
            () ->
                WorkerConfig.fromEnvironment(
                    Map.of("WORKER_ADMIN_TOKEN", "hunter2", "WORKER_VIEWER_TOKEN", "hunter2")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("WORKER_ADMIN_TOKEN")
        .hasMessageContaining("openssl rand")
        .hasMessageContaining("a viewer would be an operator")
        .hasMessageNotContaining("hunter2");
    assertThatThrownBy(() -> OpsSettings.OFF.withTokens(null, Secret.of("v".repeat(30))))
        .hasMessageContaining("WORKER_ADMIN_TOKEN");
  }

  @Test
  void thePageIsNotThereWithoutAToken() throws Exception {
    try (var plain =
        dev.webhookworker.Worker.builder()
            .discovery(false)
            .install(dev.webhookworker.memory.InMemoryModule.create())
            .config(
                WorkerConfig.builder()
                    .healthEndpoint(new InetSocketAddress("127.0.0.1", 0))
                    .build())
            .build()) {
      plain.start();
      assertThat(plain.opsAddress()).isEmpty();
      URI page =
          URI.create("http://127.0.0.1:" + plain.healthAddress().orElseThrow().getPort() + "/ops");
      assertThat(OpsClient.at(page).send("GET", "/", "").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void aHostServesItBehindItsOwnLoginUnderItsOwnPath() throws Exception {
    HttpServer host = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    host.createContext(
        "/internal/worker",
        stage.worker.opsHandler(
            exchange ->
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Host-User"))
                    .map(name -> new Principal(name, Role.OPERATOR))));
    host.start();
    try {
      URI at = URI.create("http://127.0.0.1:" + host.getAddress().getPort() + "/internal/worker");
      OpsClient api = OpsClient.at(URI.create(at + "/api"));
      assertThat(api.get("/overview").status()).isEqualTo(401);
      assertThat(api.withToken(OpsStageInMemory.OPERATOR).get("/overview").status()).isEqualTo(401);
      assertThat(api.act("/session", "{\"token\":\"a\",\"name\":\"b\"}").status()).isEqualTo(404);
      OpsClient ann = api.with("X-Host-User", "ann");
      assertThat(ann.act("/worker/pause", "{}").status()).isEqualTo(403);
      String csrf = ann.get("/session").body().path("csrf_token").asText();
      assertThat(ann.with("X-CSRF-Token", csrf).act("/worker/pause", "{}").status()).isEqualTo(200);
      HttpResponse<String> bare = OpsClient.at(at).send("GET", "", "");
      assertThat(bare.statusCode()).isEqualTo(302);
      assertThat(bare.headers().firstValue("Location")).hasValue("worker/");
      assertThat(OpsClient.at(at).send("GET", "/", "").body()).contains("<!doctype html>");
    } finally {
      host.stop(0);
    }
  }

  @Test
  void ofAStrangersLargeBodyLittleIsKept() throws Exception {
    AtomicLong read = new AtomicLong();
    HttpHandler handler =
        stage.worker.opsHandler(
            exchange ->
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Host-User"))
                    .map(name -> new Principal(name, Role.OPERATOR)));
    HttpServer host = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    host.createContext(
        "/worker",
        exchange -> {
          exchange.setStreams(counted(exchange.getRequestBody(), read), null);
          handler.handle(exchange);
        });
    host.start();
    try {
      OpsClient api =
          OpsClient.at(
              URI.create("http://127.0.0.1:" + host.getAddress().getPort() + "/worker/api"));
      String large = "{\"x\":\"" + "y".repeat(300_000) + "\"}";
      try {
        assertThat(api.act("/worker/pause", large).status()).isEqualTo(401);
      } catch (IOException reset) {
        // The rest of the body may still be on its way when the connection is closed.
        assertThat(reset).hasMessageNotContaining("timed out");
      }
      assertThat(read).hasValueBetween(1, 70_000);
      int unused = api.with("X-Host-User", "ann").act("/worker/pause", large).status();
      assertThat(read).hasValueGreaterThan(300_000);
    } finally {
      host.stop(0);
    }
  }

  private static InputStream counted(InputStream body, AtomicLong read) {
    return new FilterInputStream(body) {
      @Override
      public int read(byte[] into, int from, int most) throws IOException {
        int count = super.read(into, from, most);
        read.addAndGet(Math.max(0, count));
        return count;
      }
    };
  }
}
