package dev.webhookworker.quickstart;

import dev.webhookworker.EventPublisher;
import dev.webhookworker.OutgoingEvent;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.redis.RedisEventPublisher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** {@code publish <event id> <event type> [<payload file>]}: puts one event on the stream. */
final class PublishCommand {

  private static final String USAGE =
      "usage: publish <event id> <event type> [<payload file>, else standard input]; Redis and stream"
          + " are those of REDIS_ADDR and WORKER_STREAM";
  private static final int WRONG_USAGE = 2;

  private PublishCommand() {}

  /** The exit code. */
  static int run(List<String> arguments, Map<String, String> environment) throws IOException {
    if (arguments.size() < 2 || arguments.size() > 3) {
      System.err.println(USAGE);
      return WRONG_USAGE;
    }
    String payload = payload(arguments);
    WorkerConfig config = WorkerConfig.fromEnvironment(environment);
    try (EventPublisher publisher = RedisEventPublisher.to(config.redis(), config.streamName())) {
      String entryId =
          publisher.publish(OutgoingEvent.of(arguments.get(0), arguments.get(1), payload));
      System.out.println(entryId);
      return 0;
    } catch (EventPublisher.PublishException failed) {
      System.err.println(failed.getMessage());
      return 1;
    }
  }

  private static String payload(List<String> arguments) throws IOException {
    return arguments.size() == 3
        ? Files.readString(Path.of(arguments.get(2)))
        : new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
  }
}
