package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "READONLY You can't write against a read only replica. | READONLY",
        "READONLY You can't write against a read only replica. script: 5f6a, on @user_script:8. | READONLY",
        "ERR Error running script (call to f_1c2d): @user_script:36: @user_script: 36: -READONLY You can't write against a read only replica. | READONLY",
        "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?) | READONLY",
        "UNBLOCKED the stream key no longer exists | NOGROUP",
        "NOGROUP No such key 'webhook_events' or consumer group 'w' in XREADGROUP with GROUP option | NOGROUP",
        "ERR Error running script (call to f_1c2d): @user_script:8: @user_script: 8: -NOGROUP No such key | NOGROUP",
        "ERR no such key | NOGROUP",
        "OOM command not allowed when used memory > 'maxmemory'. | OOM",
        "ERR Error running script (call to f_1c2d): @user_script:6: @user_script: 6: -OOM command not allowed | OOM",
        "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist | MISCONF",
        "ERR Error running script (call to f_1c2d): @user_script:6: -MISCONF Errors writing to the AOF file | MISCONF",
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'. | MASTERDOWN",
        "LOADING Redis is loading the dataset in memory | LOADING",
        "NOAUTH Authentication required. | NOAUTH",
        "WRONGPASS invalid username-password pair or user is disabled. | WRONGPASS",
        "ERR invalid password | WRONGPASS",
        "NOPERM this user has no permissions to run the 'info' command | NOPERM",
        "ERR Error running script: @user_script:4: -NOPERM No permissions to access a key | NOPERM",
        "NOSCRIPT No matching script. Please use EVAL. | NOSCRIPT",
        "WRONGTYPE Operation against a key holding the wrong kind of value | OTHER"
      })
  void aRefusalIsKnownInWhateverWordsAVersionPutsIt(String message, Refusal refusal) {
    assertThat(Refusal.of(message)).isEqualTo(refusal);
  }

  @Test
  void aNameThatIsQuotedIsNoRefusal() {
    assertThat(Refusal.of("NOGROUP No such key 'x' or consumer group 'OOM'"))
        .isEqualTo(Refusal.NOGROUP);
  }
}
