package dev.webhookworker.redis;

import dev.webhookworker.port.StreamDepth;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Asks how much work waits, for the worker and for the doctor. Stateless. */
final class Depth {

  private Depth() {}

  /**
   * @param most as far as is counted what Redis does not know
   */
  static StreamDepth of(RedisConnections redis, RedisKeys keys, int most)
      throws StreamUnavailableException {
    List<?> reply =
        Replies.list(
            redis.run(
                Command.call(
                    Script.DEPTH,
                    List.of(keys.stream(), keys.retry(), keys.dlq()),
                    keys.group(),
                    most)));
    List<Long> numbers = new ArrayList<>();
    reply.subList(0, 8).forEach(number -> numbers.add(Replies.number(number)));
    String keptBy = Replies.text(reply.get(8));
    return new StreamDepth(
        numbers.get(0),
        numbers.get(1) == 1,
        numbers.get(2),
        numbers.get(3),
        numbers.get(4),
        numbers.get(5),
        Duration.ofMillis(numbers.get(6)),
        numbers.get(7),
        keptBy.isEmpty() ? null : keptBy,
        Replies.number(reply.get(9)),
        DeadLetterFields.unreadable());
  }
}
