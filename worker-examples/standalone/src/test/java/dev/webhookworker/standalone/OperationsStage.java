package dev.webhookworker.standalone;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.EventPublisher;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.OutgoingEvent;
import dev.webhookworker.RetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.embedded.EmbeddedRedis;
import dev.webhookworker.health.HealthStatus;
import dev.webhookworker.postgres.PostgresModule;
import dev.webhookworker.postgres.StorageAdministration;
import dev.webhookworker.redis.RedisEventPublisher;
import dev.webhookworker.redis.RedisModule;
import dev.webhookworker.spi.ProcessingContext;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * What the browser test of the operations page looks at: two workers on servers of their own, with
 * tools, a steady load, dead letters of several causes and strings that would do harm as markup.
 * Prints {@code STAGE <address>} when all is there, and ends when its input does.
 */
public final class OperationsStage {

  private static final String HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}";
  private static final List<String> TYPES =
      List.of("push", "issues.opened", "invoice.paid", "message", "pipeline");
  private static final Map<String, String> TOOL_OF =
      Map.of(
          "push", "github",
          "issues.opened", "github",
          "invoice.paid", "stripe",
          "message", "slack",
          "pipeline", "gitlab");

  private final Set<String> failedOnce = ConcurrentHashMap.newKeySet();

  private OperationsStage() {}

  /** Takes WORKER_ADMIN_TOKEN and WORKER_VIEWER_TOKEN from the environment. */
  public static void main(String[] arguments) throws Exception {
    new OperationsStage().run();
  }

  private void run() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start();
        EmbeddedPostgresServer postgres = EmbeddedPostgresServer.start()) {
      Map<String, String> environment = new HashMap<>();
      for (String token : List.of("WORKER_ADMIN_TOKEN", "WORKER_VIEWER_TOKEN")) {
        environment.put(token, System.getenv().getOrDefault(token, ""));
      }
      environment.put("REDIS_ADDR", redis.address());
      environment.put("DATABASE_HOST", postgres.host());
      environment.put("DATABASE_PORT", Integer.toString(postgres.port()));
      environment.put("DATABASE_NAME", postgres.database());
      environment.put("DATABASE_USER", postgres.user());
      environment.put("WORKER_MAX_RETRIES", "2");
      environment.put("WORKER_RETRY_INITIAL_INTERVAL", "200ms");
      environment.put("WORKER_MAINTENANCE_INTERVAL", "1s");
      environment.put("WORKER_DLQ_MIN_AGE", "1h");
      environment.put("WORKER_FORWARD_ALLOW", "127.0.0.1");
      environment.put("WORKER_FORWARD_DISABLE_AFTER", "100ms");
      environment.put("HEALTH_ENDPOINT", "127.0.0.1:0");
      environment.put("WORKER_CONSUMER_NAME", "worker-0");
      Map<String, String> second = new HashMap<>(environment);
      second.put("WORKER_CONSUMER_NAME", "worker-1");
      second.put("HEALTH_ENDPOINT", "off");
      WorkerConfig config = WorkerConfig.fromEnvironment(environment);
      try (Worker worker = worker(config);
          Worker replica = worker(WorkerConfig.fromEnvironment(second));
          EventPublisher publisher = RedisEventPublisher.to(config.redis(), config.streamName())) {
        worker.start();
        replica.start();
        awaitWell(worker);
        addTools(config);
        publish(publisher);
        System.out.println("STAGE " + worker.opsAddress().orElseThrow());
        load(publisher);
      }
    }
  }

  private Worker worker(WorkerConfig config) {
    return Worker.builder()
        .discovery(false)
        .config(config)
        .install(new RedisModule())
        .install(new PostgresModule())
        .logLevels(new LogbackLevels())
        .processor("*", this::process)
        .build();
  }

  private static void awaitWell(Worker worker) throws InterruptedException {
    while (worker.health().status() == HealthStatus.UNHEALTHY) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private void process(WebhookEvent event, ProcessingContext context) throws Exception {
    switch (event.eventType()) {
      case "order.created" -> {
        if (failedOnce.add(event.eventId())) {
          throw new NonRetryableException("no customer with the number 4711 in the shop");
        }
      }
      case "deployment.requested" ->
          throw new RetryableException("the deployment service answered 503 Service Unavailable");
      case "hostile" -> throw new IllegalStateException("can't use " + HOSTILE);
      default -> {
        TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(1, 40));
        if (ThreadLocalRandom.current().nextInt(60) == 0 && context.attempt() == 1) {
          throw new RetryableException("the connection was reset");
        }
      }
    }
  }

  private static void addTools(WorkerConfig config) throws Exception {
    try (StorageAdministration storage = StorageAdministration.of(config)) {
      for (String tool :
          List.of(
              "{'id':'github','tool_name':'GitHub','provider':'github',"
                  + "'webhook_config':{'max_concurrent':8}}",
              "{'id':'stripe','tool_name':'Stripe','provider':'stripe','tenant_id':'acme',"
                  + "'webhook_config':{'max_concurrent':4,"
                  + "'circuit_breaker':{'failures':5,'of':5,'pause':'30s'}}}",
              "{'id':'deployer','tool_name':'Deployments','provider':'generic',"
                  + "'webhook_config':{'circuit_breaker':{'failures':2,'of':2,'pause':'10m'}}}",
              "{'id':'slack','tool_name':'Slack','provider':'slack','webhook_config':{}}",
              "{'id':'gitlab','tool_name':'GitLab','provider':'gitlab',"
                  + "'webhook_config':{'rate_limit':{'events':50,'per':'1s'}}}",
              "{'id':'relay','tool_name':'Relay','provider':'generic',"
                  + "'webhook_config':{'default_processing_mode':'store_and_forward','destinations':["
                  + "{'name':'crm','url':'http://127.0.0.1:9/'}]}}",
              "{'id':'hostile','tool_name':'<b onmouseover=alert(3)>bold</b>',"
                  + "'provider':'generic','webhook_config':{}}")) {
        storage.tools().put(new ObjectMapper().readTree(tool.replace('\'', '"')), 0, "stage");
      }
    }
  }

  private static void publish(EventPublisher publisher) {
    for (int i = 1; i <= 34; i++) {
      publisher.publish(
          OutgoingEvent.of(
                  "order-" + i,
                  "order.created",
                  "{\"order\":{\"number\":"
                      + (1000 + i)
                      + ",\"customer\":{\"name\":\"Ada Example\",\"mail\":\"ada@example.org\"}},"
                      + "\"lines\":[{\"sku\":\"A-1\",\"quantity\":2}],\"paid\":true}")
              .withTimestamp(Instant.now())
              .withMetadata("{\"tool_id\":\"stripe\"}"));
    }
    for (int i = 1; i <= 3; i++) {
      publisher.publish(
          OutgoingEvent.of("deployment-" + i, "deployment.requested", "{\"service\":\"shop\"}"));
    }
    for (int i = 4; i <= 6; i++) {
      publisher.publish(
          OutgoingEvent.of("deployment-" + i, "deployment.requested", "{\"service\":\"shop\"}")
              .withMetadata("{\"tool_id\":\"deployer\"}"));
    }
    // Nobody listens at its destination, which is disabled therefore.
    for (int i = 1; i <= 2; i++) {
      publisher.publish(
          OutgoingEvent.of("contact-" + i, "contact.changed", "{\"contact\":" + i + "}")
              .withMetadata("{\"tool_id\":\"relay\"}"));
    }
    publisher.publish(OutgoingEvent.of("cut-off-1", "push", "{\"ref\":\"refs/he"));
    publisher.publish(
        OutgoingEvent.of(
                HOSTILE,
                "hostile",
                "{\"<script>alert(2)</script>\":\"</pre><script>alert(4)</script>\"}")
            .withRepoName("<svg/onload=alert(5)>")
            .withMetadata(
                "{\"tool_id\":\"hostile\",\"note\":\"<iframe src=javascript:alert(6)>\"}"));
    publisher.publish(
        OutgoingEvent.of("hostile-stored", "<script>alert(7)</script>", "{\"a\":\"<b>\"}")
            .withSenderName("<u>evil</u>")
            .withRepoName("<svg/onload=alert(5)>"));
  }

  /** Until the input ends. */
  private static void load(EventPublisher publisher) throws Exception {
    long number = 0;
    while (System.in.available() == 0 || System.in.read() >= 0) {
      double wave = 60 + 40 * Math.sin(System.currentTimeMillis() / 9000.0);
      for (int i = 0; i < wave / 5; i++) {
        String type = TYPES.get((int) (number % TYPES.size()));
        publisher.publish(
            OutgoingEvent.of(type + "-" + ++number, type, "{\"number\":" + number + "}")
                .withRepoName("acme/shop")
                .withSenderName("ada")
                .withMetadata("{\"tool_id\":\"" + TOOL_OF.get(type) + "\"}"));
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }
}
