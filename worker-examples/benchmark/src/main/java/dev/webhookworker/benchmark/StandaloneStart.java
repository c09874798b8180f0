package dev.webhookworker.benchmark;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Jedis;

/** From the start of the standalone process to the first event acknowledged, as a latency. */
final class StandaloneStart implements Contender {

  @Override
  public void drain(Job job, Latencies latencies) throws Exception {
    long start = System.nanoTime();
    Process process = start(job);
    try (Jedis jedis = new Jedis("127.0.0.1", job.redisPort())) {
      while (!acknowledged(jedis)) {
        if (!process.isAlive()) {
          throw new IllegalStateException("the worker ended with code " + process.exitValue());
        }
        TimeUnit.MILLISECONDS.sleep(2);
      }
      latencies.add((System.nanoTime() - start) / 1000);
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  private static boolean acknowledged(Jedis jedis) {
    return jedis.xinfoGroups(Job.STREAM).stream()
        .anyMatch(
            group ->
                group.getName().equals(Job.GROUP)
                    && !group.getLastDeliveredId().toString().equals("0-0")
                    && group.getPending() == 0);
  }

  /** The shaded jar, as users start it; where the build has not made it yet, its parts. */
  private static String classPath() {
    String parts = System.getProperty("java.class.path");
    for (String part : parts.split(File.pathSeparator, -1)) {
      if (part.contains("standalone")) {
        Path jar = Path.of(part).resolveSibling("worker-standalone.jar");
        return Files.exists(jar) ? jar.toString() : parts;
      }
    }
    return parts;
  }

  private static Process start(Job job) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath(),
                "dev.webhookworker.standalone.StandaloneWorker"));
    builder
        .environment()
        .putAll(
            Map.of(
                "REDIS_ADDR",
                "127.0.0.1:" + job.redisPort(),
                "DATABASE_HOST",
                "127.0.0.1",
                "DATABASE_PORT",
                Integer.toString(job.postgresPort()),
                "DATABASE_NAME",
                "postgres",
                "DATABASE_USER",
                "postgres",
                "HEALTH_ENDPOINT",
                "127.0.0.1:0",
                "WORKER_CONSUMER_NAME",
                "benchmark"));
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.to(new File("/dev/null")))
        .start();
  }
}
