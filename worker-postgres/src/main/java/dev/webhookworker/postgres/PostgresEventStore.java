package dev.webhookworker.postgres;

import dev.webhookworker.ErasureFilter;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.crypto.ConfiguredKeys;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.DeadLetterTable;
import dev.webhookworker.port.EntryIds;
import dev.webhookworker.port.ErasedRows;
import dev.webhookworker.port.EventHistory;
import dev.webhookworker.port.EventKey;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.PayloadEdit;
import dev.webhookworker.port.PoolFigures;
import dev.webhookworker.port.StoreResult;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.ToolCatalogue;
import dev.webhookworker.port.TransactionalInbox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The event store in PostgreSQL. Thread-safe. */
final class PostgresEventStore implements EventStore {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresEventStore.class);

  private final Database database;
  private final Partitions partitions;
  private final EventRows rows;
  private final PostgresDeadLetters deadLetters;
  private final Optional<TransactionalInbox> inbox;
  private final JanitorThread janitor;
  private final ConfiguredKeys toolKeys;

  PostgresEventStore(Database database) {
    this(database, WorkerConfig.defaults());
  }

  PostgresEventStore(Database database, WorkerConfig config) {
    this.database = database;
    janitor =
        new JanitorThread(
            new Janitor(
                database, config.storage(), config.idempotencyTtl(), java.time.Clock.systemUTC()),
            config.storage().janitorInterval());
    toolKeys = new ConfiguredKeys(config.encryption());
    partitions = new Partitions(database);
    rows = new EventRows(database);
    deadLetters = new PostgresDeadLetters(database);
    inbox =
        database.settings().transactionalInbox()
            ? Optional.of(new PostgresInbox(database, rows, deadLetters))
            : Optional.empty();
  }

  @Override
  public void open() throws StoreUnavailableException {
    ping();
    if (!SchemaVersion.isCurrent(database)) {
      new Migrations(database).run();
    }
    partitions.ensure();
    janitor.start();
  }

  @Override
  public boolean isStored(String eventId, String entryId) throws StoreUnavailableException {
    String sql =
        """
        SELECT 1 FROM %s
        WHERE event_id = ? AND received_at = 'epoch'::timestamptz + ? * interval '1 millisecond'
        """
            .formatted(database.table("webhook_events"));
    try (Connection connection = database.dataSource().getConnection();
        PreparedStatement select = connection.prepareStatement(sql)) {
      select.setString(1, eventId);
      select.setLong(2, EntryIds.millis(entryId));
      try (ResultSet found = select.executeQuery()) {
        return found.next();
      }
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  @Override
  public Set<EventKey> stored(List<EventKey> keys) throws StoreUnavailableException {
    // LATERAL, so that the index is asked for each key, whatever the planner thinks of their
    // number.
    String sql =
        """
        SELECT key.event_id, key.entry_id
        FROM unnest(?::text[], ?::text[], ?::int8[]) AS key (event_id, entry_id, ms)
        CROSS JOIN LATERAL (SELECT FROM %s AS event WHERE event.event_id = key.event_id
          AND event.received_at = 'epoch'::timestamptz + key.ms * interval '1 millisecond'
          LIMIT 1) AS found
        """
            .formatted(database.table("webhook_events"));
    return keys(sql, keys);
  }

  @Override
  public List<StoreResult> store(List<EventRecord> records, List<AuditEntry> audit)
      throws StoreUnavailableException {
    partitions.ensure();
    try {
      write(records, audit);
      return records.stream().map(record -> StoreResult.STORED).toList();
    } catch (SQLException failed) {
      if (!SqlTrouble.refusesData(failed)) {
        throw SqlTrouble.unavailable(failed);
      }
      return isolate(records, audit);
    }
  }

  /** One of the rows is refused: each is written by itself. */
  private List<StoreResult> isolate(List<EventRecord> records, List<AuditEntry> audit)
      throws StoreUnavailableException {
    List<StoreResult> results = new ArrayList<>(records.size());
    for (EventRecord record : records) {
      results.add(storeAlone(record));
    }
    for (AuditEntry entry : audit) {
      try {
        write(List.of(), List.of(entry));
      } catch (SQLException failed) {
        if (!SqlTrouble.refusesData(failed)) {
          throw SqlTrouble.unavailable(failed);
        }
        LOG.atWarn()
            .addKeyValue("entry_id", entry.entryId())
            .addKeyValue("action", entry.action())
            .addKeyValue("sql_state", failed.getSQLState())
            .log("The database refuses an audit line");
      }
    }
    return results;
  }

  private StoreResult storeAlone(EventRecord record) throws StoreUnavailableException {
    try {
      write(List.of(record), List.of());
      return StoreResult.STORED;
    } catch (SQLException failed) {
      if (SqlTrouble.refusesData(failed)) {
        // The driver's message may quote the value; the state says enough.
        return new StoreResult.Refused(
            "PostgreSQL refuses the row (SQLSTATE " + failed.getSQLState() + ")");
      }
      throw SqlTrouble.unavailable(failed);
    }
  }

  private void write(List<EventRecord> records, List<AuditEntry> audit) throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      try {
        rows.insert(connection, records);
        deadLetters.resolve(connection, records);
        rows.insertAudit(connection, audit);
        connection.commit();
      } catch (SQLException failed) {
        rollback(connection, failed);
        throw failed;
      }
    }
  }

  static void rollback(Connection connection, Exception because) {
    try {
      connection.rollback();
    } catch (SQLException alsoFailed) {
      because.addSuppressed(alsoFailed);
    }
  }

  @Override
  public Optional<TransactionalInbox> inbox() {
    return inbox;
  }

  @Override
  public Optional<ToolCatalogue> tools() {
    return Optional.of(new RegistryCatalogue(new ToolRegistry(database, toolKeys)));
  }

  @Override
  public Optional<DeadLetterTable> deadLetters() {
    return Optional.of(deadLetters);
  }

  @Override
  public Optional<EventHistory> history() {
    return Optional.of(new PostgresHistory(database));
  }

  @Override
  public Optional<String> keep(PayloadEdit edit) throws StoreUnavailableException {
    return Optional.of(new PayloadEdits(database).keep(edit));
  }

  @Override
  public List<AuditEntry> story(String eventId, @Nullable String tenantId)
      throws StoreUnavailableException {
    return new EventStory(database).of(eventId, tenantId);
  }

  @Override
  public Set<EventKey> known(List<EventKey> keys) throws StoreUnavailableException {
    if (keys.isEmpty()) {
      return Set.of();
    }
    String sql =
        """
        SELECT event_id, entry_id
        FROM unnest(?::text[], ?::text[], ?::int8[]) AS key (event_id, entry_id, ms)
        WHERE EXISTS (SELECT FROM %s AS event WHERE event.event_id = key.event_id
            AND event.received_at = 'epoch'::timestamptz + key.ms * interval '1 millisecond')
          OR EXISTS (SELECT FROM %s AS dead WHERE dead.entry_id = key.entry_id)
        """
            .formatted(database.table("webhook_events"), database.table("webhook_dlq"));
    return keys(sql, keys);
  }

  /** Those of the keys that a query answers with, whose three parameters are their columns. */
  private Set<EventKey> keys(String sql, List<EventKey> keys) throws StoreUnavailableException {
    try (Connection connection = database.dataSource().getConnection();
        PreparedStatement select = connection.prepareStatement(sql)) {
      ColumnArrays<EventKey> columns = new ColumnArrays<>(connection, select, keys);
      columns.text(EventKey::eventId);
      columns.text(EventKey::entryId);
      columns.number(key -> EntryIds.millis(key.entryId()));
      Set<EventKey> found = new HashSet<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          found.add(new EventKey(row.getString(1), row.getString(2)));
        }
      }
      return found;
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  @Override
  public ErasedRows erase(
      ErasureFilter filter, BinaryOperator<String> decrypt, String actor, boolean dryRun)
      throws StoreUnavailableException {
    return new Erasure(database, decrypt).erase(filter, actor, dryRun);
  }

  @Override
  public Optional<PoolFigures> pool() {
    return database.pool();
  }

  @Override
  public void measurePool(Object registry) {
    database.measurePool(registry);
  }

  @Override
  public void ping() throws StoreUnavailableException {
    try (Connection connection = database.dataSource().getConnection();
        PreparedStatement select = connection.prepareStatement("SELECT 1")) {
      select.setQueryTimeout(1);
      select.execute();
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  @Override
  public void close() {
    janitor.close();
    database.close();
  }
}
