package dev.webhookworker.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class ReadmeTest {

  @Test
  void quickStartAndTestsAreOneCommandEach() throws Exception {
    Readme readme = Readme.read();
    assertThat(readme.command("Quick start")).startsWith("mvn ");
    assertThat(readme.command("Tests")).startsWith("mvn ");
  }

  @Test
  void ciRunsTheTestCommandOfReadme() throws Exception {
    String ci = Files.readString(Readme.ROOT.resolve(".ci").resolve("run"));
    assertThat(ci.lines()).contains(Readme.read().command("Tests"));
  }

  @Test
  void everyLinkedDocumentIsThere() throws Exception {
    Readme.read()
        .text()
        .lines()
        .flatMap(line -> java.util.regex.Pattern.compile("]\\(([^)#:]+)").matcher(line).results())
        .forEach(link -> assertThat(Readme.ROOT.resolve(link.group(1))).exists());
  }
}
