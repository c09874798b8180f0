package dev.webhookworker.ops;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterStatus;
import dev.webhookworker.EventFilter;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Named texts of a query or of a JSON object, and what they say. An empty one is none. */
record Arguments(Function<String, @Nullable String> source) {

  static Arguments of(JsonNode object) {
    return new Arguments(
        name -> {
          JsonNode value = object.path(name);
          return value.isValueNode() && !value.isNull() ? value.asText() : null;
        });
  }

  @Nullable String text(String name) {
    @Nullable String value = source.apply(name);
    return value == null || value.isBlank() ? null : value;
  }

  String required(String name) {
    @Nullable String value = text(name);
    if (value == null) {
      throw ApiProblem.badRequest("'" + name + "' is missing");
    }
    return value;
  }

  int number(String name, int absent, int least, int most) {
    @Nullable String value = text(name);
    if (value == null) {
      return absent;
    }
    try {
      int number = Integer.parseInt(value.trim());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      throw ApiProblem.badRequest("'" + name + "' must be a whole number");
    }
    throw ApiProblem.badRequest("'" + name + "' must be from " + least + " to " + most);
  }

  boolean flag(String name, boolean absent) {
    @Nullable String value = text(name);
    return value == null ? absent : value.equals("true");
  }

  @Nullable Instant time(String name) {
    @Nullable String value = text(name);
    try {
      return value == null ? null : Instant.parse(value.trim());
    } catch (DateTimeParseException wrong) {
      throw ApiProblem.badRequest("'" + name + "' must be a time such as 2026-01-31T12:00:00Z");
    }
  }

  EventFilter events() {
    return new EventFilter(
        text("event_id"),
        text("event_type"),
        text("tool_id"),
        text("tenant_id"),
        time("from"),
        time("before"));
  }

  /** Open ones, where no status is named. */
  DeadLetterFilter deadLetters() {
    return DeadLetterFilter.OPEN
        .withStatuses(statuses())
        .withEventType(text("event_type"))
        .withToolId(text("tool_id"))
        .withTenantId(text("tenant_id"))
        .withErrorClass(text("error_class"))
        .withFingerprint(text("fingerprint"))
        .withDead(time("from"), time("before"))
        .withText(text("text"));
  }

  private Set<DeadLetterStatus> statuses() {
    @Nullable String names = text("status");
    if (names == null || names.equals("open")) {
      return DeadLetterFilter.OPEN.statuses();
    }
    Set<DeadLetterStatus> statuses = EnumSet.noneOf(DeadLetterStatus.class);
    if (names.equals("all")) {
      return statuses;
    }
    for (String name : names.split(",", -1)) {
      try {
        statuses.add(DeadLetterStatus.valueOf(name.trim().toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException unknown) {
        throw ApiProblem.badRequest(
            "'status' must be open, all, or some of pending, retrying, failed, resolved, discarded");
      }
    }
    return statuses;
  }
}
