package dev.webhookworker.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;

/**
 * The migrations as one script with the rows of the history that Flyway would write, so that a
 * worker with {@code DATABASE_MIGRATE=false}, and later Flyway itself, find the schema as if it had
 * made it.
 */
final class MigrationScript {

  private static final List<String> FILES =
      List.of("V1__events_audit_tools_inbox.sql", "V2__dead_letters.sql", "V3__audit_seals.sql");

  private static final String HISTORY =
      """
      CREATE TABLE IF NOT EXISTS webhook_schema_history (
        installed_rank integer       NOT NULL PRIMARY KEY,
        version        varchar(50),
        description    varchar(200)  NOT NULL,
        type           varchar(20)   NOT NULL,
        script         varchar(1000) NOT NULL,
        checksum       integer,
        installed_by   varchar(100)  NOT NULL,
        installed_on   timestamp     NOT NULL DEFAULT now(),
        execution_time integer       NOT NULL,
        success        boolean       NOT NULL
      );
      """;

  private MigrationScript() {}

  /** The version of the last migration. */
  static String newest() {
    String last = FILES.get(FILES.size() - 1);
    return last.substring(1, last.indexOf("__"));
  }

  /** How many migrations there are. */
  static int count() {
    return FILES.size();
  }

  static String of(String schema) {
    return "-- Run as the role that shall own the schema, with psql --single-transaction.\n"
        + script(schema, "SET");
  }

  /** For a transaction, outside of which it changes no setting. */
  static String inTransaction(String schema) {
    return script(schema, "SET LOCAL");
  }

  private static String script(String schema, String set) {
    StringBuilder script = new StringBuilder();
    script.append("CREATE SCHEMA IF NOT EXISTS ").append(schema).append(";\n");
    script.append(set).append(" search_path TO ").append(schema).append(";\n\n");
    script.append(HISTORY);
    int rank = 0;
    for (String file : FILES) {
      String sql = read(file);
      int end = file.indexOf("__");
      script.append("\n-- ").append(file).append('\n').append(sql);
      script
          .append(
              "INSERT INTO webhook_schema_history (installed_rank, version, description, type,"
                  + " script, checksum, installed_by, execution_time, success) VALUES (")
          .append(++rank)
          .append(", '")
          .append(file, 1, end)
          .append("', '")
          .append(file.substring(end + 2, file.length() - 4).replace('_', ' '))
          .append("', 'SQL', '")
          .append(file)
          .append("', ")
          .append(checksum(sql))
          .append(", current_user, 0, true);\n");
    }
    return script.toString();
  }

  private static String read(String file) {
    try (InputStream sql = MigrationScript.class.getResourceAsStream("migration/" + file)) {
      if (sql == null) {
        throw new IllegalStateException("the migration " + file + " is not in this jar");
      }
      return new String(sql.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** As Flyway's: CRC-32 of the lines without their ends. */
  private static int checksum(String sql) {
    CRC32 crc = new CRC32();
    sql.lines().forEach(line -> crc.update(line.getBytes(StandardCharsets.UTF_8)));
    return (int) crc.getValue();
  }
}
