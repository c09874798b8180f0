package dev.webhookworker.standalone;

import static org.awaitility.Awaitility.await;

import dev.webhookworker.embedded.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A standalone worker in a process of its own, with signals and its log. */
final class WorkerProcess implements AutoCloseable {

  /** What the JVM chooses by itself in a container of 256 MiB. */
  private static final List<String> SMALL = List.of("-XX:MaxRAM=256m", "-XX:+UseSerialGC");

  /** The quick compiler, because most of these processes live short. */
  private static final String QUICK = "-XX:TieredStopAtLevel=1";

  private static final String SETTINGS = "(WORKER|REDIS|DATABASE|LOG|HEALTH|INGEST)_.*";
  static final Path JAR = Path.of("target", "worker-standalone.jar");
  private static final Path TEST_CLASSES = Path.of("target", "test-classes");
  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  private final Process process;
  private final Path log;
  private final Path runs;

  private WorkerProcess(Process process, Path log, Path runs) {
    this.process = process;
    this.log = log;
    this.runs = runs;
  }

  /** The jar alone, as {@code java -jar}. */
  static WorkerProcess jar(Map<String, String> environment, Path folder, String name) {
    return start(List.of("-jar", JAR.toString()), environment, folder, name);
  }

  /** The jar and {@link RecordingProcessor}, which is discovered on the class path. */
  static WorkerProcess recording(Map<String, String> environment, Path folder, String name) {
    return start(
        List.of(QUICK, "-cp", JAR + ":" + TEST_CLASSES, StandaloneWorker.class.getName()),
        environment,
        folder,
        name);
  }

  /** A command of the jar. */
  static WorkerProcess command(
      Map<String, String> environment, Path folder, String name, String... arguments) {
    List<String> what = new ArrayList<>(List.of(QUICK, "-jar", JAR.toString()));
    what.addAll(List.of(arguments));
    return start(what, environment, folder, name);
  }

  private static WorkerProcess start(
      List<String> what, Map<String, String> environment, Path folder, String name) {
    Path log = folder.resolve(name + ".log");
    Path runs = folder.resolve(name + ".runs");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(SMALL);
    command.addAll(what);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    // Only this test's settings, not those of the shell that runs the build.
    builder.environment().keySet().removeIf(variable -> variable.matches(SETTINGS));
    builder.environment().putAll(environment);
    builder.environment().put("TEST_RUNS", runs.toString());
    try {
      return new WorkerProcess(builder.start(), log, runs);
    } catch (IOException notStarted) {
      throw new UncheckedIOException(notStarted);
    }
  }

  WorkerProcess awaitConsuming() {
    return awaitLine("Consuming");
  }

  WorkerProcess awaitLine(String part) {
    await(part)
        .pollInterval(Duration.ofMillis(20))
        .atMost(START_LIMIT)
        .until(() -> log().stream().anyMatch(line -> line.contains(part)));
    return this;
  }

  List<String> log() {
    try {
      return Files.readAllLines(log);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** What the processor noted; processes of one name that ran one after the other share it. */
  List<Step> steps() {
    return Step.readAll(runs);
  }

  void kill() {
    process.destroyForcibly();
    awaitExit(Duration.ofSeconds(10));
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  void freeze() {
    Signals.freeze(process.toHandle());
  }

  void thaw() {
    Signals.thaw(process.toHandle());
  }

  /** Most memory that the process ever had, in bytes. */
  long peakMemory() {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst()
          .orElseThrow();
    } catch (IOException notLinux) {
      throw new UncheckedIOException(notLinux);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** The exit code. */
  int awaitExit(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("the worker is still alive after " + limit + "; see " + log);
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stop);
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    awaitExit(Duration.ofSeconds(10));
  }
}
