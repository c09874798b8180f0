package dev.webhookworker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ConfigurationDocumentTest {

  private static final Pattern ROW = Pattern.compile("^\\| `([A-Z_]+)` \\|", Pattern.MULTILINE);

  @Test
  void theDocumentListsExactlyTheVariablesThatAreRead() throws IOException {
    String document = Files.readString(Path.of("..", "docs", "configuration.md"));
    Set<String> listed =
        ROW.matcher(document)
            .results()
            .map((MatchResult row) -> row.group(1))
            .collect(Collectors.toSet());
    assertThat(listed).containsExactlyInAnyOrderElementsOf(WorkerConfigReader.variables());
  }
}
