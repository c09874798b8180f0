package dev.webhookworker.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The results of all rounds: medians, extremes and ratios. */
final class Table {

  private static final double TOLERATED = 0.85;

  private final Map<Cells, List<Measured>> results = new LinkedHashMap<>();

  void add(Cells cell, Measured result) {
    results.computeIfAbsent(cell, first -> new ArrayList<>()).add(result);
  }

  String render() {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        | cell | events/s | min | max | ratio | CPU s per 100,000 | Redis CPU s per 100,000 | RSS MiB | p50 ms | p99 ms | Redis commands / bytes per event | Redis memory per event |
        |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
        """);
    results.forEach(
        (cell, all) -> {
          double[] rates = sorted(all, run -> run.result().rate());
          text.append(
              String.format(
                  Locale.ROOT,
                  "| %s | %,.0f | %,.0f | %,.0f | %s | %.2f | %.2f | %.0f | %s | %s | %.2f / %,.0f | %,.0f |%n",
                  cell.name(),
                  median(rates),
                  rates[0],
                  rates[rates.length - 1],
                  number(ratio(cell)),
                  median(sorted(all, run -> run.result().cpuPer100k())),
                  median(sorted(all, run -> run.redis().cpuSeconds() * 100_000)),
                  median(sorted(all, run -> run.result().peakRssMib())),
                  number(median(sorted(all, run -> run.result().p50()))),
                  number(median(sorted(all, run -> run.result().p99()))),
                  median(sorted(all, run -> run.redis().commands())),
                  median(sorted(all, run -> run.redis().bytes())),
                  median(sorted(all, run -> run.redis().memoryBytes()))));
        });
    return text.toString();
  }

  private static String number(double value) {
    return value == 0 || Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.2f", value);
  }

  ObjectNode json() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    ObjectNode cells = json.putObject("cells");
    results.forEach(
        (cell, all) -> {
          ObjectNode one = cells.putObject(cell.name());
          one.put("events", all.get(0).result().events());
          one.put("per_second", median(sorted(all, run -> run.result().rate())));
          one.put("ratio", ratio(cell));
          one.put("cpu_seconds_per_100k", median(sorted(all, run -> run.result().cpuPer100k())));
          one.put("rss_mib", median(sorted(all, run -> run.result().peakRssMib())));
          one.put("p50_ms", median(sorted(all, run -> run.result().p50())));
          one.put("p99_ms", median(sorted(all, run -> run.result().p99())));
          one.put(
              "redis_cpu_seconds_per_100k",
              median(sorted(all, run -> run.redis().cpuSeconds() * 100_000)));
          one.put("redis_commands_per_event", median(sorted(all, run -> run.redis().commands())));
          one.put("redis_bytes_per_event", median(sorted(all, run -> run.redis().bytes())));
          one.put("redis_memory_per_event", median(sorted(all, run -> run.redis().memoryBytes())));
        });
    return json;
  }

  /** A line for each cell whose ratio is more than 15 % below the baseline's. */
  List<String> fallenSince(JsonNode baseline) {
    List<String> fallen = new ArrayList<>();
    for (Cells cell : results.keySet()) {
      double before = baseline.at("/cells/" + cell.name() + "/ratio").asDouble();
      double now = ratio(cell);
      if (before > 0 && now < before * TOLERATED) {
        fallen.add(
            String.format(Locale.ROOT, "%s fell from %.2f to %.2f", cell.name(), before, now));
      }
    }
    return fallen;
  }

  private double ratio(Cells cell) {
    double own = median(sorted(results.getOrDefault(cell, List.of()), run -> run.result().rate()));
    if (cell.idealRate() > 0) {
      return own / cell.idealRate();
    }
    return results.entrySet().stream()
        .filter(other -> other.getKey().name().equals(cell.against()))
        .mapToDouble(other -> own / median(sorted(other.getValue(), run -> run.result().rate())))
        .findFirst()
        .orElse(Double.NaN);
  }

  private static double[] sorted(List<Measured> all, ToDoubleFunction<Measured> figure) {
    return all.stream().mapToDouble(figure).sorted().toArray();
  }

  private static double median(double[] sorted) {
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }
}
