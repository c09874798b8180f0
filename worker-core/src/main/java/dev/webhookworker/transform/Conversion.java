package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;

/** Makes a present value into another form of itself. */
interface Conversion {

  /**
   * @throws Impossible when the value has no such form
   */
  JsonNode convert(JsonNode value) throws Impossible;

  /** Says why, as the end of a sentence that begins with the source; never shows the value. */
  final class Impossible extends Exception {

    private static final long serialVersionUID = 1L;
    private final String reason;

    Impossible(String reason) {
      super(reason, null, false, false);
      this.reason = reason;
    }

    String reason() {
      return reason;
    }
  }
}
