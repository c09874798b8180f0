package dev.webhookworker.standalone.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows results: aligned columns for people, JSON for scripts. For one thread. */
final class Output {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final PrintWriter out;
  private final boolean json;

  Output(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /** One object, shown as JSON either way. */
  void object(Object value) {
    try {
      out.println(JSON.writeValueAsString(value));
      out.flush();
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Rows under headings; in JSON a list of objects with the headings as names. */
  void table(List<String> headings, List<List<String>> rows) {
    if (json) {
      object(objects(headings, rows));
      return;
    }
    int[] widths = new int[headings.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = headings.get(i).length();
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    line(headings, widths);
    rows.forEach(row -> line(row, widths));
    out.flush();
  }

  /** One object, as rows of names and values for people. */
  void fields(Map<String, ?> object) {
    if (json) {
      object(object);
    } else {
      table(
          List.of("field", "value"),
          object.entrySet().stream()
              .map(entry -> List.of(entry.getKey(), String.valueOf(entry.getValue())))
              .toList());
    }
  }

  /** A part of a list; in JSON with the cursor of the next one, null after the last. */
  void page(List<String> headings, List<List<String>> rows, @Nullable String next) {
    if (json) {
      Map<String, Object> page = new LinkedHashMap<>();
      page.put("items", objects(headings, rows));
      page.put("next", next);
      object(page);
      return;
    }
    table(headings, rows);
    if (next != null) {
      note("There are more: repeat with --cursor " + next);
    }
  }

  static List<Map<String, String>> objects(List<String> headings, List<List<String>> rows) {
    List<Map<String, String>> objects = new ArrayList<>();
    for (List<String> row : rows) {
      Map<String, String> object = new LinkedHashMap<>();
      for (int i = 0; i < headings.size(); i++) {
        object.put(headings.get(i), row.get(i));
      }
      objects.add(object);
    }
    return objects;
  }

  private void line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      boolean last = i == widths.length - 1;
      line.append(cells.get(i));
      if (!last) {
        line.append(" ".repeat(widths[i] - cells.get(i).length() + 2));
      }
    }
    out.println(line.toString().stripTrailing());
  }

  /** A line for people only. */
  void note(String text) {
    if (!json) {
      out.println(text);
      out.flush();
    }
  }
}
