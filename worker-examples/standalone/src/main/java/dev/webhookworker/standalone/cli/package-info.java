/**
 * The command line of the standalone jar. Each command is a class; {@link
 * dev.webhookworker.standalone.cli.CommandLineTool} lists them. Uses picocli.
 */
@NullMarked
package dev.webhookworker.standalone.cli;

import org.jspecify.annotations.NullMarked;
