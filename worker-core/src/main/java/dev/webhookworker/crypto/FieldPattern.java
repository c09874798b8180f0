package dev.webhookworker.crypto;

import java.util.ArrayList;
import java.util.List;

/**
 * A JSON Pointer (RFC 6901) in which a part {@code *} stands for each element or member.
 *
 * @param parts unescaped
 */
record FieldPattern(List<String> parts) {

  FieldPattern {
    parts = List.copyOf(parts);
  }

  /**
   * @throws IllegalArgumentException when it is no pointer to a part of a document
   */
  static FieldPattern of(String pointer) {
    if (!pointer.startsWith("/")) {
      throw new IllegalArgumentException(
          "'" + pointer + "' is no JSON Pointer to a field; expected e.g. /customer/email");
    }
    List<String> parts = new ArrayList<>();
    for (String part : pointer.substring(1).split("/", -1)) {
      parts.add(part.replace("~1", "/").replace("~0", "~"));
    }
    return new FieldPattern(parts);
  }

  boolean matches(List<String> path) {
    if (path.size() != parts.size()) {
      return false;
    }
    for (int i = 0; i < parts.size(); i++) {
      if (!parts.get(i).equals("*") && !parts.get(i).equals(path.get(i))) {
        return false;
      }
    }
    return true;
  }
}
