package dev.webhookworker.config;

import dev.webhookworker.TraceRelation;
import dev.webhookworker.TraceSettings;
import java.util.Locale;

/** Reads the variables of traces. */
final class TraceSettingsReader {

  private TraceSettingsReader() {}

  static TraceSettings read(Environment environment) {
    TraceSettings[] traces = {TraceSettings.DEFAULTS};
    environment.read(
        "WORKER_TRACE_ENTRY",
        TraceSettingsReader::relation,
        v -> traces[0] = traces[0].withEntry(v));
    environment.read(
        "WORKER_TRACE_REQUEST",
        TraceSettingsReader::relation,
        v -> traces[0] = traces[0].withRequest(v));
    return traces[0];
  }

  private static TraceRelation relation(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "parent" -> TraceRelation.PARENT;
      case "link" -> TraceRelation.LINK;
      case "ignore" -> TraceRelation.IGNORE;
      default -> throw new IllegalArgumentException("expected parent, link or ignore");
    };
  }
}
