package dev.webhookworker.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.embedded.EmbeddedPostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrayParametersIT {

  private static final List<@Nullable String> VALUES =
      Arrays.asList(
          "plain", null, "", "NULL", "null", "a\"b\\c{d},e", " blank ", "Grüße \uD83D\uDE00", "{}");

  private static EmbeddedPostgresServer server;

  @BeforeAll
  static void start() {
    server = EmbeddedPostgresServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void arrivesAsItWasSentWithAndWithoutBinaryTransfer(boolean binary) throws Exception {
    List<@Nullable String> arrived = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection(server.jdbcUrl() + "&binaryTransfer=" + binary);
        PreparedStatement select =
            connection.prepareStatement("SELECT value FROM unnest(?::text[]) AS row (value)")) {
      select.setObject(1, TextArray.of(VALUES, Function.identity()));
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          arrived.add(rows.getString(1));
        }
      }
    }
    assertThat(arrived).isEqualTo(VALUES);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void numbersArriveAsTheyWereSentWithAndWithoutBinaryTransfer(boolean binary) throws Exception {
    List<@Nullable Long> longs = Arrays.asList(0L, null, -1L, Long.MAX_VALUE, Long.MIN_VALUE);
    List<Integer> integers = List.of(0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 7);
    List<String> arrived = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection(server.jdbcUrl() + "&binaryTransfer=" + binary);
        PreparedStatement select =
            connection.prepareStatement(
                "SELECT a, b, c FROM unnest(?::bigint[], ?::int[], ?::text[]) AS row (a, b, c)")) {
      select.setObject(1, NumberArray.longs(longs, Function.identity()));
      select.setObject(2, NumberArray.integers(integers, Function.identity()));
      select.setObject(3, TextArray.column(integers, nothing -> null));
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          arrived.add(rows.getObject(1) + " " + rows.getObject(2) + " " + rows.getObject(3));
        }
      }
    }
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < longs.size(); i++) {
      sent.add(longs.get(i) + " " + integers.get(i) + " null");
    }
    assertThat(arrived).isEqualTo(sent);
  }
}
