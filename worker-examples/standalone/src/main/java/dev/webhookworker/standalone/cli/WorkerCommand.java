package dev.webhookworker.standalone.cli;

import dev.webhookworker.Worker;
import dev.webhookworker.WorkerBuilder;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.postgres.StorageAdministration;
import dev.webhookworker.spi.WorkerModule;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands share: settings from the environment, {@code --json}, the actor. */
abstract class WorkerCommand implements Callable<Integer> {

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  CommandSpec spec;

  @Option(names = "--json", description = "Print JSON, for scripts.")
  boolean json;

  @Option(
      names = "--actor",
      paramLabel = "NAME",
      description = "Who does it, for the audit log. Defaults to the user's name.")
  String actor = System.getProperty("user.name", "unknown");

  /** Its exit code, see {@link ExitCode}. */
  abstract int run(WorkerConfig config, Output output) throws Exception;

  @Override
  public final Integer call() throws Exception {
    Map<String, String> environment = CommandLineTool.environmentOf(spec);
    return run(
        WorkerConfig.fromEnvironment(environment), new Output(spec.commandLine().getOut(), json));
  }

  /** Says that nothing was found, and where to look. */
  final int notFound(String what) {
    spec.commandLine().getErr().println(what);
    return ExitCode.FOUND;
  }

  /**
   * A worker that is not started: for its operations, see {@link Worker#deadLetters()}. It makes no
   * processors, which may need what is only there where they run.
   */
  static Worker worker(WorkerConfig config) {
    WorkerBuilder builder = Worker.builder().config(config).discovery(false);
    ServiceLoader.load(WorkerModule.class).forEach(builder::install);
    return builder.build();
  }

  static StorageAdministration storage(WorkerConfig config) {
    return StorageAdministration.of(config);
  }
}
