package dev.webhookworker.standalone.cli;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.webhookworker.ConfigurationException;
import dev.webhookworker.DeadLetters;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import java.io.FileNotFoundException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** {@code java -jar worker-standalone.jar <command>}; without a command the worker runs. */
@Command(
    name = "worker-standalone.jar",
    description = "Runs the worker, or with a command looks after it.",
    mixinStandardHelpOptions = true,
    scope = CommandLine.ScopeType.INHERIT,
    subcommands = {
      DoctorCommand.class,
      ToolsCommand.class,
      TransformCommand.class,
      AuditCommand.class,
      KeysCommand.class,
      DlqCommand.class,
      EventsCommand.class,
      StorageCommand.class,
      MigrationsCommand.class,
      OpsCommand.class
    })
public final class CommandLineTool {

  private final Map<String, String> environment;

  private CommandLineTool(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * Runs one command.
   *
   * @return the process's exit code
   */
  public static int run(
      Map<String, String> environment,
      PrintWriter rawOut,
      PrintWriter rawErr,
      String... arguments) {
    PrintWriter out = new PrintWriter(new TerminalWriter(rawOut), true);
    PrintWriter err = new PrintWriter(new TerminalWriter(rawErr), true);
    CommandLine commandLine = new CommandLine(new CommandLineTool(environment));
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    commandLine.setOut(out);
    commandLine.setErr(err);
    commandLine.setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, err));
    return commandLine.execute(arguments);
  }

  private static int failed(Exception failure, PrintWriter err) throws Exception {
    int code = ExitCode.FAILED;
    if (failure instanceof ConfigurationException wrong) {
      err.println("This is wrong:\n  - " + String.join("\n  - ", wrong.problems()));
      code = ExitCode.USAGE;
    } else if (failure instanceof NonRetryableException
        || failure instanceof IllegalArgumentException) {
      err.println(failure.getMessage());
      code = ExitCode.USAGE;
    } else if (failure instanceof JsonProcessingException noJson) {
      // Its message quotes the file, which may hold secrets.
      JsonLocation place = noJson.getLocation();
      err.println("A file is not JSON, see line " + (place == null ? 1 : place.getLineNr()));
      code = ExitCode.USAGE;
    } else if (failure instanceof NoSuchFileException || failure instanceof FileNotFoundException) {
      err.println("There is no such file: " + failure.getMessage());
      code = ExitCode.USAGE;
    } else if (failure instanceof StoreUnavailableException
        || failure instanceof StreamUnavailableException
        || failure instanceof DeadLetters.UnavailableException
        || failure instanceof DeadLetters.UnreadableException
        || failure instanceof UnsupportedOperationException
        || failure instanceof IllegalStateException) {
      err.println(failure.getMessage());
    } else {
      throw failure;
    }
    err.flush();
    return code;
  }

  static Map<String, String> environmentOf(CommandSpec spec) {
    CommandSpec top = spec;
    while (top.parent() != null) {
      top = top.parent();
    }
    return ((CommandLineTool) top.userObject()).environment;
  }
}
