package dev.webhookworker.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTroubleTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "22001", "22003", "22021", "22P02", "22P05", "23502", "23505", "23514", "44000", "54000",
        "54001", "P0001"
      })
  void whatTheRowContainsIsTheRowsFault(String state) {
    assertThat(SqlTrouble.refusesData(new SQLException("no", state))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "08000", "08001", "08006", "25006", "25P02", "40001", "40P01", "53000", "53100", "53200",
        "53300", "55P03", "57014", "57P01", "57P02", "57P03", "58030", "XX000", "42501", "42P01",
        "3F000", "28P01", "28000", "3D000"
      })
  void troubleOfTheDatabaseOrOfTheSetUpIsNotTheRowsFault(String state) {
    assertThat(SqlTrouble.refusesData(new SQLException("no", state))).isFalse();
  }

  @Test
  void anErrorWithoutAStateIsNotTheRowsFault() {
    assertThat(SqlTrouble.refusesData(new SQLException("no"))).isFalse();
    assertThat(SqlTrouble.message(new SQLException("no"))).isEqualTo("no");
  }

  @ParameterizedTest
  @CsvSource({
    "42P01, DATABASE_MIGRATE",
    "3F000, DATABASE_MIGRATE",
    "42501, grant the role",
    "28P01, DATABASE_PASSWORD",
    "3D000, DATABASE_NAME",
    "53300, DATABASE_POOL_SIZE"
  })
  void troubleOfTheSetUpIsToldWithWhatToChange(String state, String hint) {
    assertThat(SqlTrouble.unavailable(new SQLException("no", state)))
        .hasMessageContaining(state)
        .hasMessageContaining(hint);
  }
}
