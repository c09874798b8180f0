package dev.webhookworker.deploy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of this folder, as they are deployed. */
final class Deployed {

  static final Path KUBERNETES = Path.of("kubernetes");
  static final Path MONITORING = Path.of("monitoring");

  private static final YAMLMapper YAML = new YAMLMapper();

  /** Fields that the Kubernetes model does not know are errors, not extras. */
  private static final YAMLMapper STRICT =
      YAMLMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated member) {
                  return false;
                }
              })
          .build();

  private Deployed() {}

  static JsonNode yaml(Path file) {
    List<JsonNode> all = documents(file);
    if (all.size() != 1) {
      throw new AssertionError(file + " has " + all.size() + " documents");
    }
    return all.get(0);
  }

  static List<JsonNode> documents(Path file) {
    try (var parser = YAML.createParser(Files.readString(file))) {
      return YAML.readerFor(JsonNode.class).<JsonNode>readValues(parser).readAll();
    } catch (IOException broken) {
      throw new UncheckedIOException(file.toString(), broken);
    }
  }

  static <T> T manifest(String name, Class<T> type) {
    try {
      return STRICT.readValue(Files.readString(KUBERNETES.resolve("base").resolve(name)), type);
    } catch (IOException broken) {
      throw new UncheckedIOException(name, broken);
    }
  }

  static List<Path> yamlFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
