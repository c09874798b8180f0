package dev.webhookworker.transform;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The targets of one object; refuses one that lies inside another. For one thread. */
final class Targets {

  private static final int DEEPEST = 32;

  private final Set<List<String>> taken = new HashSet<>();
  private final Set<List<String>> onTheWay = new HashSet<>();

  /**
   * The steps to a target: a field's name as it is, or a JSON Pointer, of which every step is a
   * field.
   *
   * @throws IllegalArgumentException when it is no pointer, too deep, or in another's way
   */
  List<String> add(String target) {
    List<String> steps = target.startsWith("/") ? pointer(target) : List.of(target);
    for (int i = 1; i < steps.size(); i++) {
      if (taken.contains(steps.subList(0, i))) {
        throw new IllegalArgumentException("lies inside another rule's target");
      }
    }
    if (onTheWay.contains(steps) || !taken.add(steps)) {
      throw new IllegalArgumentException("another rule's target is the same or lies inside it");
    }
    for (int i = 1; i < steps.size(); i++) {
      onTheWay.add(steps.subList(0, i));
    }
    return steps;
  }

  private static List<String> pointer(String target) {
    List<String> steps = new ArrayList<>();
    for (String step : target.substring(1).split("/", -1)) {
      steps.add(step.replace("~1", "/").replace("~0", "~"));
    }
    if (steps.size() > DEEPEST) {
      throw new IllegalArgumentException("has more than " + DEEPEST + " steps");
    }
    return List.copyOf(steps);
  }
}
