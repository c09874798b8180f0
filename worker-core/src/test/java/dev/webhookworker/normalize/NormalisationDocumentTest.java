package dev.webhookworker.normalize;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class NormalisationDocumentTest {

  @Test
  void theDocumentShowsThePlacesThatAreRead() throws IOException {
    String document = Files.readString(Path.of("..", "docs", "normalisation.md"));
    for (Provider provider : Provider.values()) {
      assertThat(document).contains(section(provider));
    }
  }

  private static String section(Provider provider) {
    Provider.Places places = provider.places();
    return "### "
        + provider.configName()
        + "\n\n| field | places |\n|---|---|\n"
        + row("type", places.types())
        + row("action", places.actions())
        + row("subject", places.subjects())
        + row("actor", places.actors())
        + row("time", places.times())
        + row("tenant", places.tenants())
        + row("url", places.urls());
  }

  private static String row(String field, List<Alternative> places) {
    return places.isEmpty()
        ? ""
        : places.stream()
            .map(place -> "`" + place + "`")
            .collect(Collectors.joining(", ", "| " + field + " | ", " |\n"));
  }
}
