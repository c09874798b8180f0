package dev.webhookworker.spi;

import java.util.Locale;

/** How an event is handled when no processor supports it. */
public enum ProcessingMode {
  /** Store the event as received. */
  STORE_ONLY,
  /** Store it and send it on to the tool's destinations. */
  STORE_AND_FORWARD,
  /** Store it together with the payload that the transformation rules make of it. */
  TRANSFORM_AND_STORE;

  /**
   * The mode of that name in configuration, e.g. {@code store_only}.
   *
   * @throws IllegalArgumentException when there is none; the message names those that there are
   */
  public static ProcessingMode of(String name) {
    for (ProcessingMode mode : values()) {
      if (mode.configName().equals(name)) {
        return mode;
      }
    }
    throw new IllegalArgumentException(
        "processing mode '"
            + name
            + "' is none of store_only, store_and_forward, transform_and_store");
  }

  public String configName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
