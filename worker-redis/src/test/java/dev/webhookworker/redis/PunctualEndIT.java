package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.RedisSettings;
import dev.webhookworker.embedded.EmbeddedRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Protocol;

class PunctualEndIT {

  private static final Duration WAIT = Duration.ofMillis(30);
  private static final int READS = 21;

  @Test
  void aReadOfAnIdleServerEndsWhenItsTimeIsOver() throws Exception {
    try (EmbeddedRedis server = DocumentedUser.server();
        RedisConnections redis =
            RedisConnections.to(RedisSettings.parse(DocumentedUser.addressOf(server)));
        PunctualEnd punctualEnd = new PunctualEnd(redis)) {
      redis.run(
          Command.of(
              Protocol.Command.XGROUP,
              "CREATE",
              "webhook_events",
              "webhook_workers",
              "$",
              "MKSTREAM"));
      List<Long> late = new ArrayList<>();
      List<Long> punctual = new ArrayList<>();
      for (int i = 0; i < READS; i++) {
        late.add(overtime(redis));
        punctualEnd.after(WAIT);
        punctual.add(overtime(redis));
      }
      assertThat(median(punctual)).isLessThan(median(late) / 2);
    }
  }

  private static long overtime(RedisConnections redis) throws Exception {
    long start = System.nanoTime();
    redis.runOnFetchConnection(
        List.of(
            Command.of(
                Protocol.Command.XREADGROUP,
                "GROUP",
                "webhook_workers",
                "test",
                "BLOCK",
                WAIT.toMillis(),
                "STREAMS",
                "webhook_events",
                ">")));
    return System.nanoTime() - start - WAIT.toNanos();
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
