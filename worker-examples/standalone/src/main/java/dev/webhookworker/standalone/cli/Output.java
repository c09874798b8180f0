package dev.webhookworker.standalone.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
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
    List<List<String>> shown =
        rows.stream().map(row -> row.stream().map(TerminalWriter::line).toList()).toList();
    int[] widths = new int[headings.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = headings.get(i).length();
      for (List<String> row : shown) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    line(headings, widths);
    shown.forEach(row -> line(row, widths));
    if (rows.isEmpty()) {
      out.println("(none)");
    }
    out.flush();
  }

  /** One object, as rows of names and values for people; a list or map gets a row for each. */
  void fields(Map<String, ?> object) {
    if (json) {
      object(object);
    } else {
      List<List<String>> rows = new ArrayList<>();
      object.forEach(
          (name, value) -> {
            String heading = name;
            for (String line : lines(value)) {
              rows.add(List.of(heading, line));
              heading = "";
            }
          });
      table(List.of("field", "value"), rows);
    }
  }

  private static List<String> lines(@Nullable Object value) {
    List<String> lines = new ArrayList<>();
    if (value instanceof Collection<?> list) {
      list.forEach(one -> lines.add(String.valueOf(one)));
    } else if (value instanceof Map<?, ?> map) {
      map.forEach((name, one) -> lines.add(name + ": " + one));
    } else if (value != null) {
      value.toString().lines().forEach(lines::add);
    }
    return lines.isEmpty() ? List.of("") : lines;
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
