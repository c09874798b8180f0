package dev.webhookworker.postgres;

import dev.webhookworker.port.StoreUnavailableException;

/** The encoding of a database, which is chosen when it is made. */
final class ServerEncoding {

  static final String WANTED = "UTF8";

  private ServerEncoding() {}

  static String of(Query query) throws StoreUnavailableException {
    return query.ask(
        "SHOW server_encoding",
        statement -> {},
        row -> {
          row.next();
          return row.getString(1);
        });
  }

  static String problem(Database database, String encoding) {
    return "the database '"
        + database.settings().name()
        + "' has the encoding "
        + encoding
        + ", which can't hold the text of every event";
  }

  static String advice(Database database) {
    return "make one with CREATE DATABASE "
        + database.settings().name()
        + "_utf8 ENCODING 'UTF8' TEMPLATE template0 and set DATABASE_NAME to it";
  }
}
