package dev.webhookworker.postgres;

import dev.webhookworker.ErasureFilter;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.crypto.ConfiguredKeys;
import dev.webhookworker.periodic.FailingTask;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.DeadLetterTable;
import dev.webhookworker.port.EncryptionContext;
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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The event store in PostgreSQL. Thread-safe. */
final class PostgresEventStore implements EventStore {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresEventStore.class);

  /** Of {@code event} and {@code key}: by the primary key of the table. */
  private static final String SAME_ENTRY =
      """
      event.event_id = key.event_id
        AND event.received_at = 'epoch'::timestamptz + key.ms * interval '1 millisecond'
        AND event.entry_seq = key.seq AND event.partition = key.partition
      """
          .strip();

  private final Database database;
  private final Query query;
  private final BatchLimit batches = new BatchLimit(System::nanoTime);
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
    query = new Query(database);
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
    demandUtf8();
    demandKnownPooler();
    if (!SchemaVersion.isCurrent(database)) {
      new Migrations(database).run();
    }
    partitions.ensure();
    janitor.start();
  }

  /** The text is UTF-8; another encoding would refuse letters of it, event by event. */
  private void demandUtf8() throws StoreUnavailableException {
    String encoding = ServerEncoding.of(query);
    if (!encoding.equals(ServerEncoding.WANTED)) {
      throw new StoreUnavailableException(
          ServerEncoding.problem(database, encoding) + ": " + ServerEncoding.advice(database),
          null);
    }
  }

  private void demandKnownPooler() throws StoreUnavailableException {
    try {
      if (database.own() && !database.settings().pooler() && PoolerCheck.findsOne(database)) {
        throw new StoreUnavailableException(
            "between worker and PostgreSQL is a pooler in transaction mode: " + PoolerCheck.ADVICE,
            null);
      }
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  @Override
  public boolean isStored(String eventId, String entryId) throws StoreUnavailableException {
    return !stored(List.of(new EventKey(eventId, entryId))).isEmpty();
  }

  @Override
  public Set<EventKey> stored(List<EventKey> keys) throws StoreUnavailableException {
    // LATERAL, so that the index is asked for each key, whatever the planner thinks of their
    // number.
    String sql =
        """
        SELECT key.event_id, key.entry_id
        FROM unnest(?::text[], ?::text[], ?::int8[], ?::int8[], ?::int4[])
          AS key (event_id, entry_id, ms, seq, partition)
        CROSS JOIN LATERAL (SELECT FROM %s AS event WHERE %s LIMIT 1) AS found
        """
            .formatted(database.table("webhook_events"), SAME_ENTRY);
    return keys(sql, keys);
  }

  @Override
  public Optional<String> storedLater(String eventId, @Nullable String tenantId, String entryId)
      throws StoreUnavailableException {
    String sql =
        """
        SELECT entry_id FROM %s
        WHERE event_id = ? AND tenant_id IS NOT DISTINCT FROM ?
          AND (received_at, entry_seq, partition)
            > ('epoch'::timestamptz + ? * interval '1 millisecond', ?, ?)
        LIMIT 1
        """
            .formatted(database.table("webhook_events"));
    return query.ask(
        sql,
        select -> {
          select.setString(1, eventId);
          select.setString(2, tenantId);
          select.setLong(3, EntryIds.millis(entryId));
          select.setLong(4, EntryIds.sequence(entryId));
          select.setInt(5, EntryIds.partition(entryId));
        },
        row -> row.next() ? Optional.of(row.getString(1)) : Optional.<String>empty());
  }

  @Override
  public List<StoreResult> store(List<EventRecord> records, List<AuditEntry> audit)
      throws StoreUnavailableException {
    int most = batches.rows();
    if (records.size() <= most && audit.size() <= most) {
      return storeTogether(records, audit);
    }
    List<StoreResult> results = new ArrayList<>(records.size());
    for (int from = 0; from < Math.max(records.size(), audit.size()); from += most) {
      results.addAll(storeTogether(part(records, from, most), part(audit, from, most)));
    }
    return results;
  }

  private static <T> List<T> part(List<T> all, int from, int most) {
    int begin = Math.min(from, all.size());
    return all.subList(begin, Math.min(begin + most, all.size()));
  }

  private List<StoreResult> storeTogether(List<EventRecord> records, List<AuditEntry> audit)
      throws StoreUnavailableException {
    int size = Math.max(records.size(), audit.size());
    try {
      write(records, audit);
      batches.passed(size);
      return Collections.nCopies(records.size(), StoreResult.STORED);
    } catch (SQLException failed) {
      if (SqlTrouble.refusesData(failed)) {
        return isolate(records, audit);
      }
      if (SqlTrouble.tooSlow(failed) || SqlTrouble.noAnswer(failed)) {
        batches.tooSlow(size);
      }
      if (SqlTrouble.tooSlow(failed) && size > 1) {
        return storeInHalves(records, audit, (size + 1) / 2);
      }
      throw SqlTrouble.unavailable(failed);
    }
  }

  private List<StoreResult> storeInHalves(
      List<EventRecord> records, List<AuditEntry> audit, int half)
      throws StoreUnavailableException {
    int ofRecords = Math.min(half, records.size());
    int ofAudit = Math.min(half, audit.size());
    List<StoreResult> results = new ArrayList<>(records.size());
    results.addAll(storeTogether(records.subList(0, ofRecords), audit.subList(0, ofAudit)));
    results.addAll(
        storeTogether(
            records.subList(ofRecords, records.size()), audit.subList(ofAudit, audit.size())));
    return results;
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
    database.transaction(
        connection -> {
          rows.insert(connection, records);
          deadLetters.resolve(connection, records);
          rows.insertAudit(connection, audit);
          return records;
        });
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
        FROM unnest(?::text[], ?::text[], ?::int8[], ?::int8[], ?::int4[])
          AS key (event_id, entry_id, ms, seq, partition)
        WHERE EXISTS (SELECT FROM %s AS event WHERE %s)
          OR EXISTS (SELECT FROM %s AS dead WHERE dead.entry_id = key.entry_id)
        """
            .formatted(database.table("webhook_events"), SAME_ENTRY, database.table("webhook_dlq"));
    return keys(sql, keys);
  }

  /** Those of the keys that a query answers with, whose parameters are their columns. */
  private Set<EventKey> keys(String sql, List<EventKey> keys) throws StoreUnavailableException {
    try {
      return database.use(
          connection -> {
            try (PreparedStatement select = connection.prepareStatement(sql)) {
              ColumnArrays<EventKey> columns = new ColumnArrays<>(connection, select, keys);
              columns.text(EventKey::eventId);
              columns.text(EventKey::entryId);
              columns.number(key -> EntryIds.millis(key.entryId()));
              columns.number(key -> EntryIds.sequence(key.entryId()));
              columns.integer(key -> EntryIds.partition(key.entryId()));
              Set<EventKey> found = new HashSet<>();
              try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                  found.add(new EventKey(row.getString(1), row.getString(2)));
                }
              }
              return found;
            }
          });
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  @Override
  public ErasedRows erase(
      ErasureFilter filter,
      BiFunction<EncryptionContext, String, String> decrypt,
      String actor,
      boolean dryRun)
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
    try {
      database.use(
          connection -> {
            try (PreparedStatement select = connection.prepareStatement("SELECT 1")) {
              select.setQueryTimeout(1);
              return select.execute();
            }
          });
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  @Override
  public void probe() throws StoreUnavailableException {
    try {
      database.transaction(
          connection -> {
            try (PreparedStatement insert =
                connection.prepareStatement(
                    "INSERT INTO %s (entry_id, event_id) VALUES (?, ?)"
                        .formatted(database.table("webhook_inbox")))) {
              String nobodys = "probe " + UUID.randomUUID();
              insert.setString(1, nobodys);
              insert.setString(2, nobodys);
              insert.executeUpdate();
            }
            throw new ProbedException();
          });
    } catch (ProbedException succeeded) {
      LOG.atDebug().log("PostgreSQL takes writes");
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  /** Ends the transaction of a probe that has succeeded: nothing of it is kept. */
  private static final class ProbedException extends Exception {
    private static final long serialVersionUID = 1L;

    ProbedException() {
      super("it can be written", null, false, false);
    }
  }

  @Override
  public List<String> failingTasks() {
    return janitor.failing().map(FailingTask::toString).stream().toList();
  }

  @Override
  public void close() {
    janitor.close();
    database.close();
  }
}
