package dev.webhookworker.ops;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One operation of the API.
 *
 * @param template its path, with {@code {name}} for a part that is left open
 * @param needs the role for it
 */
record Route(String method, String template, Role needs, Action action) {

  /** Does what was asked. */
  @FunctionalInterface
  interface Action {
    Answer answer(Call call) throws IOException;
  }

  /** Whether it changes something: then a browser has to prove that the page sent it. */
  boolean isAct() {
    return !method.equals("GET");
  }

  /** The parts of the path that are left open; empty when it is another's. */
  Optional<List<String>> match(String rawPath) {
    String[] wanted = template.split("/", -1);
    String[] given = rawPath.split("/", -1);
    if (wanted.length != given.length) {
      return Optional.empty();
    }
    List<String> open = new ArrayList<>();
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i].startsWith("{")) {
        open.add(Call.decoded(given[i].replace("+", "%2B")));
      } else if (!wanted[i].equals(given[i])) {
        return Optional.empty();
      }
    }
    return Optional.of(open);
  }
}
