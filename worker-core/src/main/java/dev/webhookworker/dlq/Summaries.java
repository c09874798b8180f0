package dev.webhookworker.dlq;

import dev.webhookworker.DeadLetter;
import dev.webhookworker.DeadLetterDetails;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterGroup;
import dev.webhookworker.DeadLetterRetry;
import dev.webhookworker.DeadLetterStatus;
import dev.webhookworker.port.DeadLetterEntry;
import dev.webhookworker.port.DeadLetterRecord;
import dev.webhookworker.port.DeadLetterView;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the API's values of what the queue keeps, and matches them with a filter. */
final class Summaries {

  private Summaries() {}

  static DeadLetter of(DeadLetterEntry entry, DeadLetterStatus status) {
    DeadLetterRecord record = entry.record();
    List<DeadLetterRetry> retries = record.retries().last();
    return new DeadLetter(
        entry.entryId(),
        entry.eventId(),
        entry.eventType(),
        record.toolId(),
        record.tenantId(),
        status,
        record.reason(),
        record.errorClass(),
        record.message(),
        record.digest(),
        record.retryable(),
        record.failures(),
        record.retries().count(),
        retries.isEmpty() ? null : retries.get(retries.size() - 1).at(),
        record.firstReceivedAt(),
        record.deadAt(),
        record.worker());
  }

  static DeadLetterDetails details(
      DeadLetterView.Found found, String payload, List<String> warnings) {
    Map<String, String> fields = new LinkedHashMap<>();
    found
        .entry()
        .fields()
        .forEach(
            (name, value) -> {
              if (!name.equals("payload")) {
                fields.putIfAbsent(name, new String(value, StandardCharsets.UTF_8));
              }
            });
    DeadLetterRecord record = found.entry().record();
    return new DeadLetterDetails(
        found.summary(),
        payload,
        fields,
        record.attempts().stream()
            .map(
                attempt ->
                    new DeadLetterDetails.FailedAttempt(
                        attempt.number(), attempt.at(), attempt.errorClass(), attempt.message()))
            .toList(),
        record.retries().last(),
        warnings);
  }

  /** A group of one. */
  static DeadLetterGroup alone(DeadLetter letter) {
    return new DeadLetterGroup(letter.fingerprint(), 1, letter.deadAt(), letter.deadAt(), letter);
  }

  /** Of the same cause; the sample is the last one's. */
  static DeadLetterGroup together(DeadLetterGroup one, DeadLetterGroup other) {
    boolean otherIsLast = !other.lastSeen().isBefore(one.lastSeen());
    return new DeadLetterGroup(
        one.fingerprint(),
        one.count() + other.count(),
        other.firstSeen().isBefore(one.firstSeen()) ? other.firstSeen() : one.firstSeen(),
        otherIsLast ? other.lastSeen() : one.lastSeen(),
        otherIsLast ? other.sample() : one.sample());
  }

  static boolean matches(DeadLetterFilter filter, DeadLetter letter) {
    return (filter.statuses().isEmpty() || filter.statuses().contains(letter.status()))
        && same(filter.eventType(), letter.eventType())
        && same(filter.toolId(), letter.toolId())
        && same(filter.tenantId(), letter.tenantId())
        && same(filter.errorClass(), letter.errorClass())
        && same(filter.fingerprint(), letter.fingerprint())
        && (filter.deadFrom() == null || !letter.deadAt().isBefore(filter.deadFrom()))
        && (filter.deadBefore() == null || letter.deadAt().isBefore(filter.deadBefore()))
        && (filter.text() == null || hasText(letter, filter.text().toLowerCase(Locale.ROOT)));
  }

  /** The largest groups first. */
  static List<DeadLetterGroup> largest(Collection<DeadLetterGroup> groups, int limit) {
    return groups.stream()
        .sorted(Comparator.comparingLong(DeadLetterGroup::count).reversed())
        .limit(limit)
        .toList();
  }

  private static boolean same(@Nullable String wanted, @Nullable String actual) {
    return wanted == null || wanted.equals(actual);
  }

  private static boolean hasText(DeadLetter letter, String part) {
    return List.of(letter.eventId(), letter.errorClass(), letter.errorMessage()).stream()
        .anyMatch(text -> text.toLowerCase(Locale.ROOT).contains(part));
  }
}
