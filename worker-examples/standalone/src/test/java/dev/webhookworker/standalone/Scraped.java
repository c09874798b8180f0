package dev.webhookworker.standalone;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The series of one answer of {@code /metrics}.
 *
 * @param series name with labels, and value
 */
record Scraped(Map<String, Double> series) {

  private static final Pattern LINE = Pattern.compile("([a-z_]+(?:\\{.*})?) (\\S+)");

  static Scraped from(Endpoints endpoints) {
    Map<String, Double> series = new LinkedHashMap<>();
    for (String line : endpoints.get("/metrics").body().split("\n", -1)) {
      Matcher one = LINE.matcher(line);
      if (one.matches()) {
        series.put(one.group(1), Double.parseDouble(one.group(2)));
      }
    }
    return new Scraped(series);
  }

  /** The sum of the series of that name that have all of these labels, as {@code name="value"}. */
  double sum(String name, String... labels) {
    double sum = 0;
    for (Map.Entry<String, Double> one : series.entrySet()) {
      String key = one.getKey();
      boolean wanted = key.equals(name) || key.startsWith(name + "{");
      for (String label : labels) {
        wanted &= key.contains(label);
      }
      sum += wanted ? one.getValue() : 0;
    }
    return sum;
  }
}
