package dev.webhookworker.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The sources of this module, for rules that the compiler does not know. */
final class SourceFiles {

  private SourceFiles() {}

  /** Each line that has one of the texts, after its file's name. */
  static List<String> linesWith(String... texts) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        for (String line : Files.readAllLines(file)) {
          if (Arrays.stream(texts).anyMatch(line::contains)) {
            found.add(file.getFileName() + ": " + line.strip());
          }
        }
      }
    }
    return found;
  }
}
