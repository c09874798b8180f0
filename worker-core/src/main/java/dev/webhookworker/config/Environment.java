package dev.webhookworker.config;

import dev.webhookworker.ConfigurationException;
import dev.webhookworker.Secret;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads environment variables and collects every problem instead of stopping at the first. An empty
 * value counts as not set. For one thread.
 */
public final class Environment {

  private final Map<String, String> variables;
  private final Set<String> known = new LinkedHashSet<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  public Environment(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  /** Passes the parsed value on when the variable is set and well-formed. */
  public <T> void read(String name, Function<String, T> parse, Consumer<T> use) {
    text(name)
        .ifPresent(
            text -> {
              try {
                use.accept(parse.apply(text));
              } catch (ConfigurationException outOfRange) {
                problems.addAll(outOfRange.problems());
              } catch (IllegalArgumentException wrong) {
                problems.add(name + " is '" + text + "': " + wrong.getMessage());
              }
            });
  }

  /** Like {@link #read} for a value that may hold credentials and is not shown. */
  public <T> void readHidden(String name, Function<String, T> parse, Consumer<T> use) {
    text(name)
        .ifPresent(
            text -> {
              try {
                use.accept(parse.apply(text));
              } catch (IllegalArgumentException wrong) {
                problems.add(name + " (value not shown): " + wrong.getMessage());
              }
            });
  }

  public Optional<String> text(String name) {
    known.add(name);
    return Optional.ofNullable(variables.get(name)).map(String::trim).filter(s -> !s.isEmpty());
  }

  /** The secret of {@code name} or of the file that {@code name_FILE} names. */
  public Optional<Secret> secret(String name) {
    Optional<String> direct = text(name);
    Optional<String> file = text(name + "_FILE");
    if (direct.isPresent() && file.isPresent()) {
      problems.add(name + " and " + name + "_FILE are both set; set one of them");
      return Optional.empty();
    }
    return file.isPresent() ? fileContent(name + "_FILE", file.get()) : direct.map(Secret::of);
  }

  private Optional<Secret> fileContent(String name, String file) {
    try {
      Secret secret = Secret.ofFile(Path.of(file));
      if (secret.reveal().isEmpty()) {
        problems.add(name + " names '" + file + "', which is empty");
        return Optional.empty();
      }
      return Optional.of(secret);
    } catch (IOException | InvalidPathException unreadable) {
      problems.add(
          name
              + " names '"
              + file
              + "', which can't be read ("
              + unreadable.getClass().getSimpleName()
              + ")");
      return Optional.empty();
    }
  }

  /** The variables that are set and were asked for: {@code environment}, or {@code file}. */
  Map<String, String> origins() {
    Map<String, String> origins = new LinkedHashMap<>();
    for (String name : known) {
      if (!variables.getOrDefault(name, "").isBlank()) {
        boolean file = name.endsWith("_FILE");
        origins.put(
            file ? name.substring(0, name.length() - "_FILE".length()) : name,
            file ? "file" : "environment");
      }
    }
    return origins;
  }

  /** The names of all variables that were asked for. */
  Set<String> known() {
    return Set.copyOf(known);
  }

  public List<String> problems() {
    return List.copyOf(problems);
  }

  /** Tells of a variable that is set and changes nothing. */
  void warn(String warning) {
    warnings.add(warning);
  }

  /** Variables without effect, and hints at those that look like a misspelt setting. */
  public List<String> warnings() {
    List<String> all = new ArrayList<>(warnings);
    all.addAll(new NearestNames(known).hints(variables.keySet()));
    return all;
  }

  /** Parses a whole number. */
  public static Integer integer(String text) {
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException wrong) {
      throw new IllegalArgumentException("expected a whole number", wrong);
    }
  }

  /** Parses a decimal number. */
  public static Double decimal(String text) {
    try {
      return Double.valueOf(text);
    } catch (NumberFormatException wrong) {
      throw new IllegalArgumentException("expected a number such as 2.0", wrong);
    }
  }

  /** Parses true and false. */
  public static Boolean flag(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "1", "yes", "on" -> Boolean.TRUE;
      case "false", "0", "no", "off" -> Boolean.FALSE;
      default -> throw new IllegalArgumentException("expected true or false");
    };
  }

  /** Parses a number of bytes: {@code 1048576}, {@code 512KiB}, {@code 1MiB}. */
  public static Integer bytes(String text) {
    String number = text.replaceFirst("(?i)\\s*(KiB|MiB|K|M)$", "");
    int shift =
        number.equals(text)
            ? 0
            : text.substring(number.length()).trim().toUpperCase(Locale.ROOT).startsWith("K")
                ? 10
                : 20;
    try {
      return Math.toIntExact(Math.multiplyExact(Long.parseLong(number), 1L << shift));
    } catch (ArithmeticException | NumberFormatException wrong) {
      throw new IllegalArgumentException("expected bytes such as 1048576, 512KiB or 1MiB", wrong);
    }
  }

  /** Parses a duration; see {@link Durations}. */
  public static Duration duration(String text) {
    return Durations.parse(text);
  }
}
