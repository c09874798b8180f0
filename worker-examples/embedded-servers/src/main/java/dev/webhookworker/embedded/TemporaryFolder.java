package dev.webhookworker.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder that is deleted with everything in it. */
record TemporaryFolder(Path path) {

  static TemporaryFolder make(String prefix) {
    try {
      return new TemporaryFolder(Files.createTempDirectory(prefix));
    } catch (IOException full) {
      throw new UncheckedIOException(full);
    }
  }

  void delete() {
    try (Stream<Path> all = Files.walk(path)) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(one);
      }
    } catch (IOException stillInUse) {
      // A temporary folder that stays is no reason to fail.
      path.toFile().deleteOnExit();
    }
  }
}
