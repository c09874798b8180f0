package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** Names for kinds of values, so that an error can say what it found without showing it. */
final class JsonTypes {

  private JsonTypes() {}

  static String name(JsonNode value) {
    String type = value.getNodeType().name().toLowerCase(Locale.ROOT);
    return type.equals("array") || type.equals("object") ? "an " + type : "a " + type;
  }
}
