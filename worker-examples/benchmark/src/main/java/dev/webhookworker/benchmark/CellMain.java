package dev.webhookworker.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The main class of a cell's JVM: does the job and prints what it measured as one JSON line. */
public final class CellMain {

  static final String READY = "READY";

  private static final Map<String, Contender> CONTENDERS =
      Map.ofEntries(
          Map.entry("raw", new RawLoop()),
          Map.entry("raw-stored", new RawStoredLoop()),
          Map.entry("insert-per-event", new InsertPerEventLoop()),
          Map.entry("worker", new WorkerContender(false)),
          Map.entry("worker-unmeasured", new WorkerContender(false, Watching.NOTHING)),
          Map.entry("worker-traced", new WorkerContender(false, Watching.TRACES)),
          Map.entry("worker-stored-unmeasured", new WorkerContender(true, Watching.NOTHING)),
          Map.entry("worker-stored-traced", new WorkerContender(true, Watching.TRACES)),
          Map.entry("worker-stored", new WorkerContender(true)),
          Map.entry("worker-retry", new WorkerRetries()),
          Map.entry("worker-dead", new WorkerDeadLetters(false)),
          Map.entry("worker-drained", new WorkerDeadLetters(true)),
          Map.entry("worker-replayed", new WorkerReplay()),
          Map.entry("start", new WorkerStart(false)),
          Map.entry("start-stored", new WorkerStart(true)),
          Map.entry("start-standalone", new StandaloneStart()),
          Map.entry("redisson", new RedissonLoop(false)),
          Map.entry("redisson-stored", new RedissonLoop(true)),
          Map.entry("spring", new SpringContainer(false)),
          Map.entry("spring-stored", new SpringContainer(true)),
          Map.entry("publish-raw", new RawPublishing(100)),
          Map.entry("publish", new WorkerPublishing(100)),
          Map.entry("publish-one-raw", new RawPublishing(1)),
          Map.entry("publish-one", new WorkerPublishing(1)));

  private CellMain() {}

  public static void main(String[] arguments) throws Exception {
    Job job = Job.of(arguments);
    Contender contender = CONTENDERS.get(job.contender());
    if (contender == null) {
      throw new IllegalArgumentException(
          "no contender '" + job.contender() + "'; there are " + CONTENDERS.keySet());
    }
    boolean latency = Boolean.getBoolean(Cells.LATENCY);
    Latencies latencies = new Latencies(latency ? job.events() : 0);
    contender.prepare(job);
    long cpu = cpuNanos();
    long start = System.nanoTime();
    System.out.println(READY);
    contender.drain(job, latencies);
    double seconds = (System.nanoTime() - start) / 1e9;
    double cpuSeconds = (cpuNanos() - cpu) / 1e9;
    System.out.println(
        new ObjectMapper()
            .writeValueAsString(
                new CellResult(
                    job.events(),
                    seconds,
                    cpuSeconds,
                    peakRssMib(),
                    latencies.quantile(0.5),
                    latencies.quantile(0.99))));
    System.out.flush();
    System.exit(0);
  }

  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }

  private static double peakRssMib() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElse(0);
  }
}
