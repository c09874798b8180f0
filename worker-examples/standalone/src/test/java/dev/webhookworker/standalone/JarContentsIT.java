package dev.webhookworker.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What the standalone jar says of what is in it. */
class JarContentsIT {

  private static final String BILL_OF_MATERIALS = "META-INF/sbom/worker-standalone.cdx.json";

  /** As CONTRIBUTING.md allows them; where a library offers several, one of these. */
  private static final String ALLOWED = "(Apache|MIT|BSD|EPL|Public Domain).*";

  private static final String INSIDE_JDBI = "/org.antlr/";

  @Test
  void theBillOfMaterialsNamesEveryLibraryWithALicenceThatWeAllow() throws IOException {
    try (JarFile jar = new JarFile(WorkerProcess.JAR.toFile())) {
      JsonNode bill = new ObjectMapper().readTree(bytes(jar, BILL_OF_MATERIALS));
      assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
      Set<String> named = new HashSet<>();
      for (JsonNode component : bill.path("components")) {
        String library = component.path("group").asText() + ":" + component.path("name").asText();
        named.add(library + ":" + component.path("version").asText());
        assertThat(licences(component)).as(library).anyMatch(one -> one.matches(ALLOWED));
      }
      assertThat(named).containsAll(libraries(jar)).hasSizeGreaterThan(20);
    }
  }

  @Test
  void itHoldsItsOwnLicenceAndThoseThatItsLibrariesBring() throws IOException {
    try (JarFile jar = new JarFile(WorkerProcess.JAR.toFile())) {
      assertThat(text(jar, "META-INF/LICENSE"))
          .contains("Apache License")
          // of the PostgreSQL driver, whose licence asks for it
          .contains("PostgreSQL Global Development Group");
      assertThat(text(jar, "META-INF/LICENSE.txt")).contains("QOS.ch");
      assertThat(text(jar, "META-INF/NOTICE")).contains("Apache HttpComponents", "Jackson");
    }
  }

  private static List<String> licences(JsonNode component) {
    List<String> licences = new ArrayList<>();
    for (JsonNode licence : component.path("licenses")) {
      licences.add(licence.path("expression").asText());
      licences.add(licence.path("license").path("id").asText());
      licences.add(licence.path("license").path("name").asText());
    }
    return licences;
  }

  /** Those that say in the jar which library they are. */
  private static List<String> libraries(JarFile jar) throws IOException {
    List<String> libraries = new ArrayList<>();
    for (ZipEntry entry : jar.stream().toList()) {
      if (entry.getName().matches("META-INF/maven/.*/pom.properties")
          && !entry.getName().contains("/worker-standalone/")
          && !entry.getName().contains(INSIDE_JDBI)) {
        Properties which = new Properties();
        try (InputStream in = jar.getInputStream(entry)) {
          which.load(in);
        }
        libraries.add(
            which.getProperty("groupId")
                + ":"
                + which.getProperty("artifactId")
                + ":"
                + which.getProperty("version"));
      }
    }
    return libraries;
  }

  private static String text(JarFile jar, String name) throws IOException {
    return new String(bytes(jar, name), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(JarFile jar, String name) throws IOException {
    ZipEntry entry = jar.getEntry(name);
    assertThat(entry).as(name).isNotNull();
    try (InputStream in = jar.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }
}
