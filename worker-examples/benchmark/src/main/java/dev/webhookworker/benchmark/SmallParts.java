package dev.webhookworker.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import dev.webhookworker.Limits;
import dev.webhookworker.Secret;
import dev.webhookworker.pipeline.InputRules;
import dev.webhookworker.retry.Redaction;
import dev.webhookworker.signature.SignatureVerifiers;
import dev.webhookworker.spi.SignatureVerifier;
import dev.webhookworker.spi.SignedRequest;
import dev.webhookworker.spi.TimeWindow;
import dev.webhookworker.spi.Verification;
import dev.webhookworker.transform.CompiledRules;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Time and allocation of the small parts that every event passes, each warmed up for two seconds
 * and then measured five times for one second: the median. JMH would do it better; its licence
 * (GPL) keeps it out of this project.
 */
final class SmallParts {

  private static final long WARM_UP_NANOS = 2_000_000_000L;
  private static final long MEASURE_NANOS = 1_000_000_000L;
  private static final int MEASUREMENTS = 5;
  private static final String SECRET = "it's a secret";

  private SmallParts() {}

  private record Figures(double nanos, double bytes) {}

  static void print() throws Exception {
    System.out.println("| part | ns | bytes allocated |");
    System.out.println("|---|---:|---:|");
    row("check a body of 1 KB", check(1024));
    row("check a body of 10 KB", check(10_240));
    row("parse a body of 1 KB with Jackson, for comparison", parse());
    row("transform by four rules", transform());
    row("verify a GitHub signature of 1 KB", verify());
    row("redact an error message", redact());
  }

  private static void row(String name, Callable<?> part) throws Exception {
    measure(part, WARM_UP_NANOS);
    Figures[] all = new Figures[MEASUREMENTS];
    for (int i = 0; i < MEASUREMENTS; i++) {
      all[i] = measure(part, MEASURE_NANOS);
    }
    double[] nanos = Arrays.stream(all).mapToDouble(Figures::nanos).sorted().toArray();
    double[] bytes = Arrays.stream(all).mapToDouble(Figures::bytes).sorted().toArray();
    System.out.printf(
        Locale.ROOT,
        "| %s | %,.0f | %,.0f |%n",
        name,
        nanos[MEASUREMENTS / 2],
        bytes[MEASUREMENTS / 2]);
  }

  private static Figures measure(Callable<?> part, long forNanos) throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long bytes = threads.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    long runs = 0;
    int kept = 0;
    while (System.nanoTime() - start < forNanos) {
      for (int i = 0; i < 100; i++) {
        kept ^= System.identityHashCode(part.call());
      }
      runs += 100;
    }
    double nanos = System.nanoTime() - start;
    double allocated = threads.getCurrentThreadAllocatedBytes() - bytes;
    // What nobody uses may be optimised away.
    return new Figures(nanos / runs, kept == 42 ? allocated / runs + 1 : allocated / runs);
  }

  private static Callable<?> check(int size) {
    InputRules rules = new InputRules(Limits.DEFAULTS);
    byte[] body = body(size);
    return () -> {
      rules.checkJson(body, "payload", false);
      return body;
    };
  }

  private static Callable<?> parse() {
    ObjectMapper mapper = new ObjectMapper();
    byte[] body = body(1024);
    return () -> mapper.readTree(body);
  }

  private static Callable<?> transform() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    JsonNode rules =
        mapper.readTree(
            """
            {"branch": "ref", "name": {"type": "rename", "source": "/repository/full_name"},
             "kind": {"type": "constant", "value": "push"},
             "title": {"type": "concatenate", "fields": ["ref", "after"]}}
            """);
    CompiledRules compiled = CompiledRules.compile(rules);
    JsonNode payload =
        mapper.readTree(
            """
            {"ref": "refs/heads/main", "after": "6113728f", "repository": {"full_name": "o/r"}}
            """);
    return () -> compiled.apply(payload);
  }

  private static Callable<Verification> verify() throws GeneralSecurityException {
    byte[] body = body(1024);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    String signature = "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
    SignedRequest request =
        SignedRequest.of(
            "POST",
            "http://127.0.0.1/webhooks/t",
            Map.of("x-hub-signature-256", List.of(signature)),
            body);
    SignatureVerifier github = SignatureVerifiers.OWN.named("github").orElseThrow();
    List<Secret> secrets = List.of(Secret.of(SECRET));
    TimeWindow window = new TimeWindow(Instant.now(), TimeWindow.DEFAULT_TOLERANCE);
    return () -> github.verify(request, secrets, window);
  }

  private static Callable<String> redact() {
    String message =
        "connect to redis://worker:s3cret@redis.example:6379 failed; token=ghp_0123456789abcdef";
    return () -> Redaction.redact(message);
  }

  private static byte[] body(int size) {
    return new Payloads(size).of(1).getBytes(StandardCharsets.UTF_8);
  }
}
