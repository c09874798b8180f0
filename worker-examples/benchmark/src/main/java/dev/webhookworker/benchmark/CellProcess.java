package dev.webhookworker.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One cell in a fresh JVM. */
final class CellProcess {

  /** Beside this module's sources; what it needs is put there by {@code npm ci}. */
  private static final Path BULLMQ =
      Path.of(System.getProperty("benchmark.bullmq", "worker-examples/benchmark/bullmq"));

  private static final Path NEWER_JDK = Path.of("/usr/lib/jvm/temurin-25-jdk-amd64/bin/java");

  private final Cells cell;
  private final Job job;

  CellProcess(Cells cell, Job job) {
    this.cell = cell;
    this.job = job;
  }

  /** Whether this machine has what the cell needs. */
  static boolean canRun(Cells cell) {
    if (cell.isBullmq()) {
      return Files.isDirectory(BULLMQ.resolve("node_modules"));
    }
    return !cell.newerJdk() || Runtime.version().feature() >= 21 || Files.exists(NEWER_JDK);
  }

  /** Runs it to its end; {@code whenReady} runs once the contender begins. */
  CellResult run(Runnable whenReady) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    CellResult result = null;
    try (BufferedReader out =
        new BufferedReader(
            new java.io.InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.equals(CellMain.READY)) {
          whenReady.run();
        } else if (line.startsWith("{\"events\"")) {
          result = new ObjectMapper().readValue(line, CellResult.class);
        }
      }
    }
    int exit = process.waitFor();
    if (result == null) {
      throw new IOException(
          "the cell '" + cell.name() + "' ended with code " + exit + " and no result");
    }
    return result;
  }

  private List<String> command() {
    if (cell.isBullmq()) {
      return List.of(
          "node",
          BULLMQ.resolve("drain.mjs").toString(),
          Integer.toString(job.redisPort()),
          Integer.toString(job.events()),
          Integer.toString(cell.payloadBytes()),
          Integer.toString(cell.concurrency()),
          Integer.toString(cell.contender().equals(Cells.BULLMQ_STORED) ? job.postgresPort() : 0));
    }
    List<String> command = new ArrayList<>();
    command.add(
        cell.newerJdk() && Runtime.version().feature() < 21
            ? NEWER_JDK.toString()
            : Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(classPath());
    command.add("-Dlogback.configurationFile=benchmark-logback.xml");
    if (cell.measuresLatency()) {
      command.add("-D" + Cells.LATENCY + "=true");
    }
    String options = System.getProperty("benchmark.jvm", "-Xmx512m");
    command.addAll(List.of(options.split("[ @]")));
    command.add(CellMain.class.getName());
    command.addAll(List.of(job.arguments()));
    return command;
  }

  /** The class path of this process, also when Maven runs it inside its own. */
  private static String classPath() {
    return System.getProperty("benchmark.classpath", System.getProperty("java.class.path"));
  }
}
