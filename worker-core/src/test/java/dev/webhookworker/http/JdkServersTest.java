package dev.webhookworker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class JdkServersTest {

  @Test
  void strangersMayHaveAQuarterOfTheOpenFilesWithinReason() {
    assertThat(JdkServers.connections(1024)).isEqualTo(256);
    assertThat(JdkServers.connections(8192)).isEqualTo(2048);
    assertThat(JdkServers.connections(Long.MAX_VALUE)).isEqualTo(4096);
    assertThat(JdkServers.connections(100)).isEqualTo(256);
  }

  @Test
  void theLimitOfOpenFilesIsTheProcessesOwn() {
    assertThat(
            JdkServers.openFiles(
                List.of(
                    "Limit                     Soft Limit           Hard Limit           Units",
                    "Max open files            8192                 1048576              files")))
        .isEqualTo(8192);
    assertThat(JdkServers.openFiles(List.of("Max open files   unlimited   unlimited   files")))
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whatTheHostHasSetStays() {
    String before = System.getProperty("jdk.httpserver.maxConnections");
    try {
      System.setProperty("jdk.httpserver.maxConnections", "77");
      JdkServers.prepare();
      assertThat(System.getProperty("jdk.httpserver.maxConnections")).isEqualTo("77");
    } finally {
      if (before == null) {
        System.clearProperty("jdk.httpserver.maxConnections");
      } else {
        System.setProperty("jdk.httpserver.maxConnections", before);
      }
    }
  }
}
