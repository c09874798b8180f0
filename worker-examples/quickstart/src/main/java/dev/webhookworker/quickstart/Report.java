package dev.webhookworker.quickstart;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** Prints progress and the final table. For one thread. */
final class Report {

  private final PrintStream out;
  private String lastProgress = "";

  Report(PrintStream out) {
    this.out = out;
  }

  void line(String text) {
    out.println(text);
  }

  /** One line, when something has changed since the last one. */
  void progress(int published, Findings findings) {
    String now =
        String.format(
            Locale.ROOT,
            "  %3d published | %3d processed, %d after retries | %2d duplicates"
                + " | %d waiting for a retry | %d dead letters",
            published,
            findings.count(Ending.PROCESSED) + findings.count(Ending.RETRIED),
            findings.count(Ending.RETRIED),
            findings.count(Ending.DUPLICATE),
            findings.waitingRetries(),
            findings.count(Ending.DEAD_LETTER));
    if (!now.equals(lastProgress)) {
      lastProgress = now;
      out.println(now);
    }
  }

  void table(List<Published> all, Findings findings) {
    out.println();
    out.println("What happened, by worker.webhook_events, worker.webhook_audit_log and the DLQ:");
    out.println();
    out.printf(
        Locale.ROOT,
        "  %-10s %-24s %9s %9s %9s %9s %11s%n",
        "provider",
        "event type",
        "published",
        "processed",
        "on retry",
        "duplicate",
        "dead letter");
    Map<String, Published> kinds = new LinkedHashMap<>();
    all.forEach(one -> kinds.putIfAbsent(kind(one), one));
    kinds.forEach((kind, first) -> row(kind, all, findings, one -> kind(one).equals(kind)));
    row(String.format(Locale.ROOT, "%-10s %-24s", "all", ""), all, findings, one -> true);
    out.println();
    for (Findings.DeadLetter dead : findings.deadLetters()) {
      out.printf(
          Locale.ROOT,
          "  dead letter %s %s: %s after %d attempts: %s%n",
          dead.eventId(),
          dead.eventType(),
          dead.reason(),
          dead.failures(),
          dead.error());
    }
    out.println();
  }

  private static String kind(Published one) {
    return String.format(
        Locale.ROOT,
        "%-10s %-24s",
        one.planned().provider().toolId(),
        one.planned().event().fields().get("event_type"));
  }

  private void row(
      String kind, List<Published> all, Findings findings, Predicate<Published> filter) {
    List<Ending> endings = all.stream().filter(filter).map(findings::endingOf).toList();
    out.printf(
        Locale.ROOT,
        "  %s %9d %9d %9d %9d %11d%n",
        kind,
        endings.size(),
        count(endings, Ending.PROCESSED),
        count(endings, Ending.RETRIED),
        count(endings, Ending.DUPLICATE),
        count(endings, Ending.DEAD_LETTER));
  }

  private static long count(List<Ending> endings, Ending ending) {
    return endings.stream().filter(ending::equals).count();
  }
}
