package dev.webhookworker.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code /metrics} answers, read strictly: each series belongs to the family before it. */
record Scrape(Map<String, String> types, Map<String, Set<String>> labels, int series) {

  private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
  private static final Pattern SERIES =
      Pattern.compile(
          "([a-zA-Z_:][\\w:]*)(?:\\{((?:[a-z_]+=\"(?:[^\"\\\\]|\\\\.)*\",?)*)\\})? \\S+");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"(?:[^\"\\\\]|\\\\.)*\"");

  static Scrape parse(String text) {
    Map<String, String> types = new LinkedHashMap<>();
    Map<String, Set<String>> labels = new TreeMap<>();
    int series = 0;
    String family = "";
    for (String line : text.split("\n")) {
      Matcher type = TYPE.matcher(line);
      if (type.matches()) {
        family = type.group(1);
        types.put(family, type.group(2));
        labels.put(family, new TreeSet<>());
      } else if (!line.startsWith("#")) {
        Matcher one = SERIES.matcher(line);
        if (!one.matches() || !one.group(1).startsWith(family)) {
          throw new AssertionError("not a series of " + family + ": " + line);
        }
        series++;
        if (one.group(2) != null) {
          Matcher label = LABEL.matcher(one.group(2));
          while (label.find()) {
            labels.get(family).add(label.group(1));
          }
        }
      }
    }
    return new Scrape(types, labels, series);
  }
}
