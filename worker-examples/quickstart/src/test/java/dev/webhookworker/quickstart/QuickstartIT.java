package dev.webhookworker.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the jar as README tells. */
class QuickstartIT {

  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final Pattern REDIS = Pattern.compile("Redis +(127\\.0\\.0\\.1:\\d+)");

  @TempDir Path folder;

  private static ProcessBuilder jar(Path output, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", Path.of("target", "worker-quickstart.jar").toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
  }

  private static Process start(Path output, Map<String, String> variables) throws IOException {
    ProcessBuilder builder = jar(output);
    builder.environment().putAll(variables);
    builder.environment().put("HEALTH_ENDPOINT", "127.0.0.1:0");
    return builder.start();
  }

  private static int exitCode(Process process) throws InterruptedException {
    assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("ended in time").isTrue();
    return process.exitValue();
  }

  @Test
  void onceEndsWithZeroAndATableInWhichEveryEventHasItsEnd() throws Exception {
    Path output = folder.resolve("once.log");
    Process quickstart = start(output, Map.of("QUICKSTART_ONCE", "true"));
    try {
      assertThat(exitCode(quickstart)).as(() -> read(output)).isZero();
      assertThat(read(output))
          .containsPattern("Health +http://127\\.0\\.0\\.1:\\d+/health")
          .containsPattern("\n  all +360 +335 +5 +18 +2\n")
          .contains("undecodable after 0 attempts", "retries_exhausted after 5 attempts")
          .contains("Every event reached the end that it should.");
    } finally {
      quickstart.destroyForcibly();
    }
  }

  @Test
  void onceEndsWithOneWhenEventsDoNotReachTheirEnd() throws Exception {
    Path output = folder.resolve("too-few-retries.log");
    Process quickstart =
        start(output, Map.of("QUICKSTART_ONCE", "true", "WORKER_MAX_RETRIES", "1"));
    try {
      assertThat(exitCode(quickstart)).as(() -> read(output)).isEqualTo(1);
      assertThat(read(output))
          .contains("should be RETRIED and is DEAD_LETTER")
          .contains("5 events did not reach the end that they should.");
    } finally {
      quickstart.destroyForcibly();
    }
  }

  @Test
  void itServesWhatThePublishCommandSendsAndEndsInOrderWhenItIsTold() throws Exception {
    Path output = folder.resolve("serving.log");
    Process quickstart = start(output, Map.of("QUICKSTART_ONCE", "false"));
    try {
      await().atMost(LIMIT).until(() -> read(output).contains("The worker goes on"));
      Matcher redis = REDIS.matcher(read(output));
      assertThat(redis.find()).isTrue();
      assertThat(publish(redis.group(1), "my-1")).isZero();
      await().atMost(LIMIT).until(() -> read(output).contains("341 processed"));
      assertThat(publish(redis.group(1), "my-1")).isZero();
      await().atMost(LIMIT).until(() -> read(output).contains("19 duplicates"));

      quickstart.destroy();

      assertThat(exitCode(quickstart)).isEqualTo(128 + 15);
      assertThat(read(output)).contains("Closing: ").doesNotContain("Exception");
    } finally {
      quickstart.destroyForcibly();
    }
  }

  private int publish(String redis, String eventId) throws Exception {
    Path payload = Files.writeString(folder.resolve("payload.json"), "{\"hello\":\"world\"}");
    ProcessBuilder builder =
        jar(folder.resolve("publish.log"), "publish", eventId, "greeting.sent", payload.toString());
    builder.environment().put("REDIS_ADDR", redis);
    Process publish = builder.start();
    return exitCode(publish);
  }

  private static String read(Path output) {
    try {
      return Files.readString(output, StandardCharsets.UTF_8);
    } catch (IOException notYet) {
      return "";
    }
  }
}
