package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;

/** The only class that touches the YAML library, loaded when it is used. */
final class YamlText {

  private YamlText() {}

  static JsonNode parse(byte[] yaml) throws IOException {
    return new YAMLMapper().readTree(yaml);
  }
}
