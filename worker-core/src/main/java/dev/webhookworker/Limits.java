package dev.webhookworker;

/**
 * What an entry may bring; over a limit it becomes a dead letter with the reason.
 *
 * @param maxPayloadBytes bytes of the payload, 1 MiB by default
 * @param maxNesting levels of JSON objects and arrays, 100 by default
 * @param maxNameLength characters of ids and names, 255 by default
 */
public record Limits(int maxPayloadBytes, int maxNesting, int maxNameLength) {

  public static final Limits DEFAULTS = new Limits(1024 * 1024, 100, 255);
}
