package dev.webhookworker;

import org.jspecify.annotations.Nullable;

/**
 * Where PostgreSQL is and how to get in.
 *
 * @param host {@code localhost} by default
 * @param port 5432 by default
 * @param name the database
 * @param user the role
 * @param password null for none
 * @param sslMode libpq's name: {@code disable}, {@code prefer} (default), {@code require}, {@code
 *     verify-ca}, {@code verify-full}
 * @param poolSize most connections; 10 by default
 * @param schema {@code worker} by default
 * @param migrate whether the worker migrates its schema; otherwise it checks the version
 * @param transactionalInbox whether handlers run inside the transaction that stores their event
 * @param pooler whether a pooler stands before the server that gives each transaction another
 *     session, like PgBouncer with {@code pool_mode = transaction}
 */
public record DatabaseSettings(
    String host,
    int port,
    String name,
    String user,
    @Nullable Secret password,
    String sslMode,
    int poolSize,
    String schema,
    boolean migrate,
    boolean transactionalInbox,
    boolean pooler) {

  /** Settings without a pooler. */
  public DatabaseSettings(
      String host,
      int port,
      String name,
      String user,
      @Nullable Secret password,
      String sslMode,
      int poolSize,
      String schema,
      boolean migrate,
      boolean transactionalInbox) {
    this(
        host,
        port,
        name,
        user,
        password,
        sslMode,
        poolSize,
        schema,
        migrate,
        transactionalInbox,
        false);
  }

  /** Settings with every default but the given. */
  public static DatabaseSettings of(
      String host, int port, String name, String user, @Nullable Secret password) {
    return new DatabaseSettings(
        host, port, name, user, password, "prefer", 10, "worker", true, false);
  }

  public DatabaseSettings withTransactionalInbox(boolean on) {
    return new DatabaseSettings(
        host, port, name, user, password, sslMode, poolSize, schema, migrate, on, pooler);
  }

  public DatabaseSettings withMigrate(boolean on) {
    return new DatabaseSettings(
        host,
        port,
        name,
        user,
        password,
        sslMode,
        poolSize,
        schema,
        on,
        transactionalInbox,
        pooler);
  }

  public DatabaseSettings withPooler(boolean on) {
    return new DatabaseSettings(
        host,
        port,
        name,
        user,
        password,
        sslMode,
        poolSize,
        schema,
        migrate,
        transactionalInbox,
        on);
  }

  public DatabaseSettings withPassword(@Nullable Secret other) {
    return new DatabaseSettings(
        host,
        port,
        name,
        user,
        other,
        sslMode,
        poolSize,
        schema,
        migrate,
        transactionalInbox,
        pooler);
  }

  /** The address without credentials, for logs. */
  public String address() {
    return "postgresql://" + host + ":" + port + "/" + name + "?schema=" + schema;
  }
}
