package dev.webhookworker.tool;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;

/**
 * The only class that touches the YAML library, loaded when it is used. A key that is there twice
 * and a second document are refused: of one of the two nothing would be known.
 */
final class YamlText {

  private YamlText() {}

  static JsonNode parse(byte[] yaml) throws IOException {
    return YAMLMapper.builder()
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build()
        .readTree(yaml);
  }
}
