package dev.webhookworker.postgres;

import dev.webhookworker.crypto.FieldEncryption;
import dev.webhookworker.port.EncryptionContext;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.spi.KeyProvider;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts with the active key what is encrypted with others: events, dead letters, tools' secrets.
 * Each batch commits together with its place, so that a rotation that was stopped goes on there.
 */
final class KeyRotation {

  private static final int BATCH = 500;
  private static final int MOST_PROBLEMS = 100;

  private final Database database;
  private final KeyProvider keys;
  private final FieldEncryption encryption;

  /**
   * What was done.
   *
   * @param rows that were looked at because they hold encrypted values
   * @param problems rows that could not be read, with the key's id; at most 100
   */
  record Report(long rows, List<String> problems) {}

  KeyRotation(Database database, KeyProvider keys) {
    this.database = database;
    this.keys = keys;
    encryption = new FieldEncryption(List.of(), keys);
  }

  /** Rotates everything; tells the number of rows after each batch. */
  Report rotate(String actor, LongConsumer progress) throws StoreUnavailableException {
    String active =
        keys.activeKeyId()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "there is no key to rotate to: set WORKER_ENCRYPTION_KEYS to the new key"
                            + " first, then the old ones"));
    List<String> problems = new ArrayList<>();
    long rows = 0;
    for (Place place : Place.values()) {
      int batch;
      do {
        batch = batch(place, active, problems);
        rows += batch;
        progress.accept(rows);
      } while (batch == BATCH);
    }
    finish(active, actor, rows);
    return new Report(rows, problems.subList(0, Math.min(problems.size(), MOST_PROBLEMS)));
  }

  private enum Place {
    EVENTS(
        "event_id, received_at, entry_id, tenant_id, payload::text AS one, result::text AS two",
        "webhook_events",
        "(strpos(payload::text, 'enc:v') > 0 OR strpos(result::text, 'enc:v') > 0)",
        "(event_id, received_at, entry_id) > (?, ?, ?)",
        "event_id, received_at, entry_id",
        "UPDATE %s SET payload = ?::json, result = ?::json"
            + " WHERE event_id = ? AND received_at = ? AND entry_id = ?"),
    // What is encrypted is text: raw_payload, for bytes that are none, never holds any of it.
    DEAD_LETTERS(
        "entry_id AS event_id, event_id AS bound, entry_id, tenant_id, payload AS one, NULL AS two",
        "webhook_dlq",
        "strpos(payload, 'enc:v') > 0",
        "entry_id > ?",
        "entry_id",
        "UPDATE %s SET payload = ? WHERE entry_id = ?"),
    EDITS(
        "hash AS event_id, event_id AS bound, entry_id, tenant_id, before AS one, after AS two",
        "webhook_dlq_edit",
        "(strpos(before, 'enc:v') > 0 OR strpos(after, 'enc:v') > 0)",
        "hash > ?",
        "hash",
        "UPDATE %s SET before = ?, after = ? WHERE hash = ?"),
    TOOLS(
        "id AS event_id, webhook_config::text AS one, NULL AS two",
        "webhook_tools",
        "strpos(webhook_config::text, 'enc:v') > 0",
        "id > ?",
        "id",
        "UPDATE %s SET webhook_config = ?::jsonb WHERE id = ?");

    boolean hasTwo() {
      return this == EVENTS || this == EDITS;
    }

    final String columns;
    final String table;
    final String encrypted;
    final String after;
    final String order;
    final String update;

    Place(
        String columns, String table, String encrypted, String after, String order, String update) {
      this.columns = columns;
      this.table = table;
      this.encrypted = encrypted;
      this.after = after;
      this.order = order;
      this.update = update;
    }
  }

  /**
   * @param entry of a stored event; null in other places
   */
  private record Row(
      String id,
      @Nullable Entry entry,
      EncryptionContext context,
      String one,
      @Nullable String two) {}

  private record Entry(OffsetDateTime receivedAt, String id) {
    static final Entry NONE = new Entry(OffsetDateTime.MIN, "");

    static Entry of(ResultSet row) throws SQLException {
      return new Entry(
          row.getObject("received_at", OffsetDateTime.class), row.getString("entry_id"));
    }

    void set(PreparedStatement statement, int from) throws SQLException {
      statement.setObject(from, receivedAt);
      statement.setString(from + 1, id);
    }
  }

  private int batch(Place place, String active, List<String> problems)
      throws StoreUnavailableException {
    try {
      return database.bulk(
          connection ->
              Transactions.run(connection, inside -> batch(inside, place, active, problems)));
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  private int batch(Connection connection, Place place, String active, List<String> problems)
      throws SQLException {
    List<Row> rows = rows(connection, place, active);
    for (Row row : rows) {
      rotate(connection, place, row, problems);
    }
    if (!rows.isEmpty()) {
      remember(connection, place, active, rows.get(rows.size() - 1));
    }
    return rows.size();
  }

  private List<Row> rows(Connection connection, Place place, String active) throws SQLException {
    String id = "";
    Entry entry = Entry.NONE;
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT event_id, received_at, entry_id FROM %s WHERE key_id = ? AND place = ?"
                .formatted(database.table("webhook_key_rotation")))) {
      select.setString(1, active);
      select.setString(2, place.table);
      try (ResultSet row = select.executeQuery()) {
        if (row.next()) {
          id = row.getString(1);
          entry = Entry.of(row);
        }
      }
    }
    String sql =
        "SELECT %s FROM %s WHERE %s AND %s ORDER BY %s LIMIT %d FOR UPDATE"
            .formatted(
                place.columns,
                database.table(place.table),
                place.encrypted,
                place.after,
                place.order,
                BATCH);
    List<Row> rows = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setString(1, id);
      if (place == Place.EVENTS) {
        entry.set(select, 2);
      }
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          String key = row.getString("event_id");
          rows.add(
              new Row(
                  key,
                  place == Place.EVENTS ? Entry.of(row) : null,
                  switch (place) {
                    case EVENTS ->
                        EncryptionContext.ofEvent(
                            row.getString("tenant_id"), row.getString("entry_id"), key);
                    case DEAD_LETTERS, EDITS ->
                        EncryptionContext.ofDeadLetter(
                            row.getString("tenant_id"),
                            row.getString("entry_id"),
                            row.getString("bound"));
                    case TOOLS -> EncryptionContext.ofTool(key);
                  },
                  row.getString("one"),
                  row.getString("two")));
        }
      }
    }
    return rows;
  }

  private void rotate(Connection connection, Place place, Row row, List<String> problems)
      throws SQLException {
    FieldEncryption.Decrypted one = encryption.rotate(row.context(), row.one());
    FieldEncryption.Decrypted two =
        row.two() == null ? null : encryption.rotate(row.context(), row.two());
    one.problems().forEach(problem -> problems.add(place.table + " " + row.id() + " " + problem));
    if (one.text().equals(row.one()) && (two == null || two.text().equals(row.two()))) {
      return;
    }
    try (PreparedStatement update =
        connection.prepareStatement(place.update.formatted(database.table(place.table)))) {
      update.setString(1, one.text());
      int next = 2;
      if (place.hasTwo()) {
        update.setString(next++, two == null ? null : two.text());
      }
      update.setString(next++, row.id());
      if (row.entry() != null) {
        row.entry().set(update, next);
      }
      update.executeUpdate();
    }
  }

  private void remember(Connection connection, Place place, String active, Row last)
      throws SQLException {
    String sql =
        """
        INSERT INTO %s (key_id, place, event_id, received_at, entry_id) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (key_id, place) DO UPDATE SET event_id = excluded.event_id,
          received_at = excluded.received_at, entry_id = excluded.entry_id
        """
            .formatted(database.table("webhook_key_rotation"));
    try (PreparedStatement upsert = connection.prepareStatement(sql)) {
      upsert.setString(1, active);
      upsert.setString(2, place.table);
      upsert.setString(3, last.id());
      Objects.requireNonNullElse(last.entry(), Entry.NONE).set(upsert, 4);
      upsert.executeUpdate();
    }
  }

  /** The next rotation begins at the beginning again: what came with an old key meanwhile. */
  private void finish(String active, String actor, long rows) throws StoreUnavailableException {
    try {
      database.transaction(
          connection -> {
            try (PreparedStatement delete =
                connection.prepareStatement(
                    "DELETE FROM %s WHERE key_id = ?"
                        .formatted(database.table("webhook_key_rotation")))) {
              delete.setString(1, active);
              delete.executeUpdate();
            }
            AdministrativeAct.write(
                connection,
                database,
                "",
                "keys_rotated",
                actor,
                "to " + active + ": " + rows + " rows");
            return rows;
          });
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }
}
