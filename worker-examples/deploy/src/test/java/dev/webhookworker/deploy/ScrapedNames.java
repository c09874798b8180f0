package dev.webhookworker.deploy;

import static org.awaitility.Awaitility.await;

import dev.webhookworker.NonRetryableException;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.ingest.IngestRequest;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.metrics.MetricsModule;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code /metrics} of a running worker has.
 *
 * @param text as scraped
 * @param names of the series
 */
record ScrapedNames(String text, Set<String> names) {

  private static final Pattern NAME = Pattern.compile("(?m)^([a-z]\\w*)[ {]");
  private static final Pattern USED = Pattern.compile("\\bwebhook_\\w+");

  static ScrapedNames ofARunningWorker() throws Exception {
    InMemoryModule memory = InMemoryModule.create();
    WorkerConfig config =
        WorkerConfig.builder().healthEndpoint(new InetSocketAddress("127.0.0.1", 0)).build();
    try (Worker worker =
        Worker.builder()
            .discovery(false)
            .config(config)
            .install(memory)
            .install(new MetricsModule())
            .processor(
                "broken",
                (event, context) -> {
                  throw new NonRetryableException("no");
                })
            .build()) {
      worker.start();
      memory.publish("1", "push", "{}");
      memory.publish("2", "broken", "{}");
      worker
          .ingest(memory.publisher())
          .receive(
              new IngestRequest(
                  "POST",
                  "http",
                  "/nowhere",
                  "/nowhere",
                  null,
                  Map.of(),
                  "127.0.0.1",
                  InputStream.nullInputStream()));
      await().until(() -> worker.stats().processed() + worker.stats().deadLettered() == 2);
      int port = worker.healthAddress().orElseThrow().getPort();
      String text =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      Set<String> names = new TreeSet<>();
      Matcher name = NAME.matcher(text);
      while (name.find()) {
        names.add(name.group(1));
      }
      return new ScrapedNames(text, names);
    }
  }

  /** The worker's metrics that a query asks for. */
  static Set<String> in(String query) {
    Set<String> used = new TreeSet<>();
    Matcher name = USED.matcher(query);
    while (name.find()) {
      used.add(name.group());
    }
    return used;
  }
}
