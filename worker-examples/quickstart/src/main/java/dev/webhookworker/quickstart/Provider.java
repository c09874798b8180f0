package dev.webhookworker.quickstart;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;

/** Who sends the events; also the id of the tool that an event's metadata names. */
enum Provider {
  GITHUB,
  GITLAB,
  STRIPE,
  SLACK,
  DEPLOYER;

  String toolId() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** An event id in the form that this provider uses. */
  String eventId(int number) {
    return switch (this) {
      case GITHUB, GITLAB -> uuid(toolId() + number);
      case STRIPE -> "evt_1Qk" + String.format(Locale.ROOT, "%06d", number);
      case SLACK -> "Ev07" + String.format(Locale.ROOT, "%06d", number);
      case DEPLOYER -> "deployment-" + number;
    };
  }

  private static String uuid(String seed) {
    return UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
