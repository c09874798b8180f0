package dev.webhookworker.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A local Maven repository with the installed worker artifacts, which sees through links what the
 * build around it has downloaded, so that a build in it downloads little.
 */
record SharedRepository(Path installed, Path downloaded) {

  void link() throws IOException {
    linkChildren("");
    linkChildren("dev");
  }

  private void linkChildren(String folder) throws IOException {
    for (Path child : children(downloaded.resolve(folder))) {
      Path link = installed.resolve(folder).resolve(child.getFileName());
      boolean own = link.endsWith("dev") || link.endsWith(Path.of("dev", "webhookworker"));
      if (!own && Files.isDirectory(child) && Files.notExists(link)) {
        Files.createSymbolicLink(link, child);
      }
    }
  }

  private static List<Path> children(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children.toList();
    }
  }
}
