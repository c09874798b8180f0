package dev.webhookworker.standalone;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Scrapes of one worker, one for each minute, as a test for {@code promtool test rules}. */
final class ScrapedMinutes {

  private static final String ABSENT = "_";

  private final List<Scraped> minutes = new ArrayList<>();

  void add(Scraped scraped) {
    minutes.add(scraped);
  }

  /** The alert has to fire in the last minute and must not do so in the first. */
  String test(Path rules, String alert) {
    Set<String> names = new LinkedHashSet<>();
    for (Scraped minute : minutes) {
      minute.series().keySet().stream()
          .filter(name -> name.startsWith("webhook_"))
          .forEach(names::add);
    }
    StringBuilder test = new StringBuilder();
    test.append("rule_files:\n  - ").append(rules).append('\n');
    test.append("evaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n");
    for (String name : names) {
      test.append("      - series: '").append(ofOneInstance(name)).append("'\n");
      test.append("        values: '").append(values(name)).append("'\n");
    }
    String firing = "count(ALERTS{alertname=\"" + alert + "\",alertstate=\"firing\"})";
    test.append("    promql_expr_test:\n");
    test.append("      - expr: ").append(firing).append("\n        eval_time: 5m\n");
    test.append("        exp_samples: []\n");
    test.append("      - expr: ").append(firing).append("\n        eval_time: ");
    test.append(minutes.size() - 1).append("m\n");
    test.append("        exp_samples:\n          - labels: '{}'\n            value: 1\n");
    return test.toString();
  }

  private static String ofOneInstance(String series) {
    return series.endsWith("}")
        ? series.substring(0, series.length() - 1) + ",instance=\"rehearsal\"}"
        : series + "{instance=\"rehearsal\"}";
  }

  private String values(String name) {
    List<String> values = new ArrayList<>();
    for (Scraped minute : minutes) {
      Double value = minute.series().get(name);
      values.add(
          value == null
              ? ABSENT
              : value.isNaN() || value.isInfinite()
                  ? "NaN"
                  : new BigDecimal(value).toPlainString());
    }
    return String.join(" ", values);
  }
}
