package dev.webhookworker.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The endpoints of a process while its servers are frozen: they accept and never answer. */
class HealthIT {

  @RegisterExtension private static final TestBed BED = new TestBed();

  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final int ROUNDS = 3;

  private final Endpoints endpoints = new Endpoints();

  @Test
  void allEndpointsAnswerWithinASecondWhileRedisOrPostgresHangsAndRecover() {
    BED.worker("frozen", endpoints.setting()).awaitConsuming();
    awaitReady();

    BED.redis().freeze();
    assertHangNoticed("redis");
    BED.redis().thaw();
    awaitReady();

    BED.postgres().freeze();
    assertHangNoticed("database");
    BED.postgres().thaw();
    awaitReady();

    BED.publish("push", 10, "{}");
    BED.awaitStored(10, Duration.ofSeconds(10));
  }

  private void awaitReady() {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              assertThat(endpoints.get("/health").status()).isEqualTo(200);
              assertThat(endpoints.get("/health/ready").status()).isEqualTo(200);
            });
  }

  private void assertHangNoticed(String component) {
    // The last good result is kept for a second.
    TestBed.pass(LIMIT.plusMillis(100));
    for (int round = 0; round < ROUNDS; round++) {
      CompletableFuture<Endpoints.Answer> all = endpoints.ask("/health");
      CompletableFuture<Endpoints.Answer> ready = endpoints.ask("/health/ready");
      CompletableFuture<Endpoints.Answer> live = endpoints.ask("/health/live");
      assertThat(all.join().status()).isEqualTo(503);
      assertThat(all.join().body()).containsPattern("unhealthy_components\":\\[[^]]*" + component);
      assertThat(ready.join().status()).isEqualTo(503);
      assertThat(live.join().status()).isEqualTo(200);
      assertThat(List.of(all.join(), ready.join(), live.join()))
          .extracting(Endpoints.Answer::time)
          .allSatisfy(time -> assertThat(time).isLessThan(LIMIT));
    }
  }
}
