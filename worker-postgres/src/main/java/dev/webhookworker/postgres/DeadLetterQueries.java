package dev.webhookworker.postgres;

import dev.webhookworker.DeadLetter;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterGroup;
import dev.webhookworker.DeadLetterPage;
import dev.webhookworker.DeadLetterStatus;
import dev.webhookworker.port.DeadLetterView;
import dev.webhookworker.port.StoreUnavailableException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Questions to the table of dead letters; each has its index. Thread-safe. */
final class DeadLetterQueries implements DeadLetterView {

  private final Query query;
  private final String table;
  private final String refused;

  DeadLetterQueries(Database database) {
    query = new Query(database);
    table = database.table("webhook_dlq");
    refused = database.table("webhook_dlq_refused");
  }

  static Conditions conditions(DeadLetterFilter filter) {
    Conditions conditions = new Conditions();
    if (!filter.statuses().isEmpty()) {
      // Constants, so that the planner sees which part of the index it is.
      conditions.and(
          filter.statuses().stream()
              .map(DeadLetterStatus::code)
              .sorted()
              .collect(Collectors.joining("', '", "status IN ('", "')")));
    }
    String text = filter.text() == null ? null : filter.text().toLowerCase(Locale.ROOT);
    conditions
        .andIf("event_type = ?", filter.eventType())
        .andIf("tool_id = ?", filter.toolId())
        .andIf("tenant_id = ?", filter.tenantId())
        .andIf("error_class = ?", filter.errorClass())
        .andIf("fingerprint = ?", filter.fingerprint())
        .andIf("dead_at >= ?", filter.deadFrom())
        .andIf("dead_at < ?", filter.deadBefore());
    return text == null
        ? conditions
        : conditions.and(
            "(strpos(lower(event_id), ?) > 0 OR strpos(lower(error_class), ?) > 0"
                + " OR strpos(lower(error_message), ?) > 0)",
            text,
            text,
            text);
  }

  @Override
  public DeadLetterPage page(
      DeadLetterFilter filter, @Nullable String cursor, int limit, boolean oldestFirst)
      throws StoreUnavailableException {
    TimeCursor from = cursor == null ? null : TimeCursor.parse(cursor);
    String order =
        "ORDER BY dead_at %1$s, entry_id %1$s LIMIT %2$d"
            .formatted(oldestFirst ? "ASC" : "DESC", limit + 1);
    List<Conditions> parts = new ArrayList<>();
    for (DeadLetterFilter part : byStatus(filter)) {
      Conditions conditions = conditions(part);
      if (from != null) {
        conditions.and(
            "(dead_at, entry_id) " + (oldestFirst ? ">" : "<") + " (?, ?)", from.at(), from.id());
      }
      parts.add(conditions);
    }
    List<DeadLetter> found = summaries(parts, order);
    if (found.size() <= limit) {
      return new DeadLetterPage(found, null);
    }
    DeadLetter last = found.get(limit - 1);
    return new DeadLetterPage(
        found.subList(0, limit), new TimeCursor(last.deadAt(), last.id()).toString());
  }

  /**
   * Each status is in order in the index by itself; asked for several at once, the planner sorts
   * everything that is left at each page.
   */
  private static List<DeadLetterFilter> byStatus(DeadLetterFilter filter) {
    return filter.statuses().size() < 2
        ? List.of(filter)
        : filter.statuses().stream().map(status -> filter.withStatuses(Set.of(status))).toList();
  }

  /** Of all parts together. */
  private List<DeadLetter> summaries(List<Conditions> parts, String end)
      throws StoreUnavailableException {
    String sql =
        parts.stream()
            .map(
                part ->
                    "(SELECT %s FROM %s %s %s)"
                        .formatted(DeadLetterRows.SUMMARY, table, part.where(), end))
            .collect(Collectors.joining(" UNION ALL "));
    return query.ask(
        parts.size() == 1 ? sql : sql + " " + end,
        statement -> {
          int next = 1;
          for (Conditions part : parts) {
            next = part.set(statement, next);
          }
        },
        result -> {
          List<DeadLetter> letters = new ArrayList<>();
          while (result.next()) {
            letters.add(DeadLetterRows.summary(result));
          }
          return letters;
        });
  }

  @Override
  public long count(DeadLetterFilter filter) throws StoreUnavailableException {
    Conditions conditions = conditions(filter);
    return query.ask(
        "SELECT count(*) FROM %s %s".formatted(table, conditions.where()),
        statement -> conditions.set(statement, 1),
        result -> {
          result.next();
          return result.getLong(1);
        });
  }

  @Override
  public List<DeadLetterGroup> groups(DeadLetterFilter filter, int limit)
      throws StoreUnavailableException {
    Conditions group = conditions(filter);
    Conditions sample = conditions(filter).and("fingerprint = g.print");
    String sql =
        """
        SELECT g.*, s.* FROM (
          SELECT fingerprint AS print, count(*) AS letters, min(dead_at) AS first_seen,
            max(dead_at) AS last_seen
          FROM %s %s GROUP BY fingerprint ORDER BY letters DESC, print LIMIT ?) g
        CROSS JOIN LATERAL (
          SELECT %s FROM %s %s ORDER BY dead_at DESC LIMIT 1) s
        ORDER BY g.letters DESC, g.print
        """
            .formatted(table, group.where(), DeadLetterRows.SUMMARY, table, sample.where());
    return query.ask(
        sql,
        statement -> {
          int next = group.set(statement, 1);
          statement.setInt(next, limit);
          sample.set(statement, next + 1);
        },
        result -> {
          List<DeadLetterGroup> groups = new ArrayList<>();
          while (result.next()) {
            groups.add(
                new DeadLetterGroup(
                    result.getString("print"),
                    result.getLong("letters"),
                    DeadLetterRows.time(result, "first_seen"),
                    DeadLetterRows.time(result, "last_seen"),
                    DeadLetterRows.summary(result)));
          }
          return groups;
        });
  }

  @Override
  public Optional<Found> find(String entryId) throws StoreUnavailableException {
    return query.ask(
        "SELECT %s, %s FROM %s WHERE entry_id = ?"
            .formatted(DeadLetterRows.SUMMARY, DeadLetterRows.REST, table),
        statement -> statement.setString(1, entryId),
        result ->
            result.next() ? Optional.of(DeadLetterRows.found(result)) : Optional.<Found>empty());
  }

  @Override
  public List<DeadLetter> due(Instant now, int max) throws StoreUnavailableException {
    return summaries(
        List.of(
            new Conditions()
                .and("status = 'pending' AND next_retry_at IS NOT NULL")
                .and("next_retry_at <= ?", now)),
        "ORDER BY next_retry_at LIMIT " + max);
  }

  /** Those marked as retrying before a time. */
  List<String> retryingSince(Instant before, int max) throws StoreUnavailableException {
    return ids(
        "SELECT entry_id FROM %s WHERE status = 'retrying' AND last_retry_at < ?".formatted(table)
            + " ORDER BY last_retry_at LIMIT "
            + max,
        statement -> statement.setObject(1, OffsetDateTime.ofInstant(before, ZoneOffset.UTC)));
  }

  /** Those that were discarded and have not left the queue. */
  List<String> leaving(int max) throws StoreUnavailableException {
    return ids(
        "SELECT entry_id FROM %s WHERE leaving ORDER BY entry_id LIMIT %d".formatted(table, max),
        statement -> {});
  }

  /** Those that the table has not taken. */
  List<String> refused(int max) throws StoreUnavailableException {
    return ids(
        "SELECT entry_id FROM %s ORDER BY entry_id LIMIT %d".formatted(refused, max),
        statement -> {});
  }

  private List<String> ids(String sql, Query.Parameters parameters)
      throws StoreUnavailableException {
    return query.ask(
        sql,
        parameters,
        result -> {
          List<String> ids = new ArrayList<>();
          while (result.next()) {
            ids.add(result.getString(1));
          }
          return ids;
        });
  }
}
