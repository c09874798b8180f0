package dev.webhookworker.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.Stream;

/** Sends signals to a process and its children, by their ids. */
public final class Signals {

  private Signals() {}

  /** Stops the process and all its descendants where they are (SIGSTOP). */
  public static void freeze(ProcessHandle process) {
    send("STOP", process);
  }

  /** Lets them go on (SIGCONT). */
  public static void thaw(ProcessHandle process) {
    send("CONT", process);
  }

  private static void send(String signal, ProcessHandle process) {
    String[] command =
        Stream.concat(
                Stream.of("kill", "-" + signal),
                Stream.concat(Stream.of(process), process.descendants())
                    .map(one -> Long.toString(one.pid())))
            .toArray(String[]::new);
    try {
      new ProcessBuilder(command).start().waitFor();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }
}
