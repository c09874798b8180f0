package dev.webhookworker.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Dashboard and alert rules against what {@code /metrics} really has, and by promtool. */
class MonitoringTest {

  private static ScrapedNames scraped;

  @BeforeAll
  static void scrape() throws Exception {
    scraped = ScrapedNames.ofARunningWorker();
  }

  @Test
  void theDashboardAsksOnlyForMetricsThatAreThere() throws IOException {
    JsonNode dashboard =
        new ObjectMapper().readTree(Deployed.MONITORING.resolve("dashboard.json").toFile());
    List<JsonNode> queries = dashboard.findValues("expr");
    assertThat(queries).hasSizeGreaterThan(20);
    for (JsonNode query : queries) {
      assertThat(scraped.names()).as(query.asText()).containsAll(ScrapedNames.in(query.asText()));
      assertThat(ScrapedNames.in(query.asText())).as(query.asText()).isNotEmpty();
    }
    Set<Integer> ids = new HashSet<>();
    dashboard
        .path("panels")
        .forEach(
            panel -> {
              assertThat(ids.add(panel.path("id").asInt())).isTrue();
              assertThat(panel.path("title").asText()).isNotEmpty();
            });
  }

  @Test
  void theDashboardShowsTheWorkersMetricsAllOfThem() throws IOException {
    String dashboard = Files.readString(Deployed.MONITORING.resolve("dashboard.json"));
    Set<String> shown = ScrapedNames.in(dashboard);
    Set<String> families =
        scraped.names().stream()
            .filter(name -> name.startsWith("webhook_"))
            .map(name -> name.replaceFirst("_(bucket|count|sum|max)$", ""))
            .collect(Collectors.toSet());
    assertThat(families)
        .allSatisfy(
            family -> assertThat(shown).as(family).anyMatch(name -> name.startsWith(family)));
  }

  @Test
  void eachAlertAsksForMetricsThatAreThereAndHasARunbook() throws IOException {
    JsonNode rules = Deployed.yaml(Deployed.MONITORING.resolve("alerts.yaml"));
    String runbooks = Files.readString(Path.of("..", "..", "docs", "operations.md"));
    Set<String> sections =
        runbooks
            .lines()
            .filter(line -> line.startsWith("#"))
            .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT).replace(' ', '-'))
            .collect(Collectors.toSet());
    List<String> names = new ArrayList<>();
    for (JsonNode rule : rules.at("/groups/0/rules")) {
      String name = rule.path("alert").asText();
      names.add(name);
      String query = rule.path("expr").asText();
      assertThat(ScrapedNames.in(query)).as(name).isNotEmpty();
      assertThat(scraped.names()).as(name).containsAll(ScrapedNames.in(query));
      assertThat(rule.at("/labels/severity").asText()).isIn("warning", "critical");
      assertThat(rule.path("for").asText()).isNotEmpty();
      assertThat(rule.at("/annotations/summary").asText()).isNotEmpty();
      String[] runbook = rule.at("/annotations/runbook").asText().split("#", 2);
      assertThat(runbook[0]).isEqualTo("docs/operations.md");
      assertThat(sections).contains(runbook[1]);
    }
    assertThat(names)
        .contains(
            "WebhookErrorRateHigh",
            "WebhookQueueDepthHigh",
            "WebhookDlqGrowing",
            "WebhookMemoryHigh",
            "WebhookProcessingSlow");
    JsonNode tests = Deployed.yaml(Deployed.MONITORING.resolve("alerts_test.yaml"));
    assertThat(tests.findValuesAsText("alertname")).containsAll(names);
  }

  @Test
  void theRulesFireWhenTheyShouldAndOnlyThen() throws Exception {
    String promtool = promtool();
    Ended checked = run(null, promtool, "check", "rules", "alerts.yaml");
    assertThat(checked.code()).as(checked.output()).isZero();
    Ended tested = run(null, promtool, "test", "rules", "alerts_test.yaml");
    assertThat(tested.code()).as(tested.output()).isZero();
  }

  @Test
  void promtoolComplainsAboutNothingButInheritedNames() throws Exception {
    Ended checked = run(scraped.text(), promtool(), "check", "metrics");
    assertThat(checked.output().lines().filter(line -> line.startsWith("webhook_")))
        .allMatch(line -> line.startsWith("webhook_goroutines_total "));
  }

  private static String promtool() {
    Optional<String> found =
        Arrays.stream(System.getenv("PATH").split(":"))
            .map(folder -> Path.of(folder, "promtool"))
            .filter(Files::isExecutable)
            .map(Path::toString)
            .findFirst();
    assumeTrue(found.isPresent(), "promtool is not installed (Debian's package prometheus has it)");
    return found.orElseThrow();
  }

  private record Ended(int code, String output) {}

  private static Ended run(String input, String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .directory(Deployed.MONITORING.toFile())
            .redirectErrorStream(true)
            .start();
    try (var in = process.getOutputStream()) {
      if (input != null) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      }
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), output);
  }
}
