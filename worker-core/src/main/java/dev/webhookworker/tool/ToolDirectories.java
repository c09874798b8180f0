package dev.webhookworker.tool;

import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.ToolDirectory;
import java.util.List;
import java.util.Optional;

/** Several directories; the first that knows a path answers. */
public record ToolDirectories(List<ToolDirectory> directories) implements ToolDirectory {

  public ToolDirectories {
    directories = List.copyOf(directories);
  }

  @Override
  public Optional<ToolConfig> byPath(String path) throws Exception {
    for (ToolDirectory directory : directories) {
      Optional<ToolConfig> tool = directory.byPath(path);
      if (tool.isPresent()) {
        return tool;
      }
    }
    return Optional.empty();
  }
}
