package dev.webhookworker.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One line of {@link RecordingProcessor}. */
record Step(String name, String eventId, int attempt, long atMillis) {

  static List<Step> readAll(Path file) {
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      return Files.readAllLines(file).stream().map(Step::parse).toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static Step parse(String line) {
    String[] parts = line.split(" ", -1);
    return new Step(parts[0], parts[1], Integer.parseInt(parts[2]), Long.parseLong(parts[3]));
  }

  boolean begins() {
    return name.equals("begin");
  }
}
