package dev.webhookworker.benchmark;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.stream.Consumer;
import org.springframework.data.redis.connection.stream.MapRecord;
import org.springframework.data.redis.connection.stream.ReadOffset;
import org.springframework.data.redis.connection.stream.StreamOffset;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.stream.StreamMessageListenerContainer;
import org.springframework.data.redis.stream.StreamMessageListenerContainer.StreamMessageListenerContainerOptions;

/** Spring Data Redis' listener container; mark and acknowledgement in the listener. */
final class SpringContainer implements Contender {

  private final boolean stored;

  SpringContainer(boolean stored) {
    this.stored = stored;
  }

  @Override
  public void drain(Job job, Latencies latencies) throws Exception {
    LettuceConnectionFactory connections =
        new LettuceConnectionFactory("127.0.0.1", job.redisPort());
    connections.afterPropertiesSet();
    connections.start();
    StringRedisTemplate redis = new StringRedisTemplate(connections);
    CountDownLatch left = new CountDownLatch(job.events());
    StreamMessageListenerContainer<String, MapRecord<String, String, String>> container =
        StreamMessageListenerContainer.create(
            connections,
            StreamMessageListenerContainerOptions.builder()
                .batchSize(100)
                .pollTimeout(Duration.ofSeconds(2))
                .build());
    try (AutoCloseable rows = stored ? new EventRow(job) : () -> {}) {
      container.receive(
          Consumer.from(Job.GROUP, "spring"),
          StreamOffset.create(Job.STREAM, ReadOffset.lastConsumed()),
          message -> {
            Map<String, String> fields = message.getValue();
            latencies.note(() -> fields.get("payload"));
            redis
                .opsForValue()
                .setIfAbsent(
                    Job.MARK + fields.get("event_id"),
                    message.getId().getValue(),
                    Duration.ofHours(24));
            if (rows instanceof EventRow row) {
              insert(row, message.getId().getValue(), fields);
            }
            redis.opsForStream().acknowledge(Job.GROUP, message);
            left.countDown();
          });
      container.start();
      left.await();
      container.stop();
    }
  }

  private static void insert(EventRow row, String entryId, Map<String, String> fields) {
    try {
      row.insert(entryId, fields.get("event_id"), fields.get("event_type"), fields.get("payload"));
    } catch (SQLException failed) {
      throw new IllegalStateException(failed);
    }
  }
}
