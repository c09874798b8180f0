package dev.webhookworker.standalone.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the commands have in common that show one thing with its payload. */
final class ShowOptions {

  @Option(names = "--tenant", paramLabel = "ID", description = "Only if it is that tenant's.")
  @Nullable String tenant;

  @Option(
      names = "--reveal",
      description = "Show encrypted values too; that you did is in the audit log.")
  boolean reveal;
}
