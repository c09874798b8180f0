package dev.webhookworker.standalone;

import dev.webhookworker.ConfigurationException;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.standalone.cli.CommandLineTool;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/**
 * The worker as a process: {@code java -jar worker-standalone.jar}, or with processors of your own
 * {@code java -cp worker-standalone.jar:mine.jar dev.webhookworker.standalone.StandaloneWorker}.
 * docs/configuration.md lists the environment variables.
 *
 * <p>Ends with 0 after SIGTERM, with 2 when the configuration is wrong, with 1 when it can't start
 * or could not be closed in order.
 */
public final class StandaloneWorker {

  private static final int FAILED = 1;
  private static final int MISCONFIGURED = 2;

  private StandaloneWorker() {}

  /** With arguments runs that command, see docs/command-line.md; else until it is told to end. */
  public static void main(String[] arguments) throws InterruptedException {
    if (arguments.length > 0) {
      LogSettings.ofCommand(System.getenv()).apply();
      PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
      PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
      System.exit(CommandLineTool.run(System.getenv(), out, err, arguments));
    }
    try {
      Worker worker = build(System.getenv());
      StandaloneIngest.limitRequestTime();
      StandaloneIngest ingest = new StandaloneIngest(worker);
      Runtime.getRuntime().addShutdownHook(new OrderlyEnd(worker, ingest));
      ingest.start();
      worker.start();
      worker
          .opsAddress()
          .ifPresent(
              page ->
                  LoggerFactory.getLogger(StandaloneWorker.class)
                      .atInfo()
                      .addKeyValue("address", page)
                      .log("Serving the operations page"));
    } catch (ConfigurationException wrong) {
      System.err.println(explained(wrong.problems()));
      Runtime.getRuntime().halt(MISCONFIGURED);
    } catch (IOException notBound) {
      System.err.println("The worker can't start: " + notBound.getMessage());
      Runtime.getRuntime().halt(FAILED);
    }
    // The worker's threads are daemons; the shutdown hook ends the process.
    new CountDownLatch(1).await();
  }

  /**
   * @throws ConfigurationException naming everything that is wrong
   */
  private static Worker build(Map<String, String> environment) {
    LogSettings logging = LogSettings.of(environment);
    logging.apply();
    List<String> problems = new ArrayList<>();
    Optional.ofNullable(logging.problem()).ifPresent(problems::add);
    try {
      WorkerConfig config = WorkerConfig.fromEnvironment(environment);
      if (problems.isEmpty()) {
        return Worker.builder().config(config).logLevels(new LogbackLevels()).build();
      }
    } catch (ConfigurationException wrong) {
      problems.addAll(wrong.problems());
    }
    throw new ConfigurationException(problems);
  }

  private static String explained(List<String> problems) {
    return "The worker can't start with this configuration:\n  - "
        + String.join("\n  - ", problems);
  }
}
