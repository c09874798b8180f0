package dev.webhookworker.redis;

import dev.webhookworker.port.Admission;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.EventStream.AdmittedAndRead;
import dev.webhookworker.port.EventStream.Claimed;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Under a backlog one read is always on its way: Redis works on it while the client takes in the
 * one before. For the fetch thread, which uses its connection for nothing else until {@link
 * #rest()}; a failure gives the connection up, and what was on its way is found among the pending
 * entries.
 */
final class ReadAhead {

  private final RedisConnections redis;
  private final GroupReader reader;
  private final IdempotencyMarks marks;

  private @Nullable OnItsWay onItsWay;

  private record OnItsWay(FetchPipeline pipeline, GroupReader.Reading reading) {}

  ReadAhead(RedisConnections redis, GroupReader reader, IdempotencyMarks marks) {
    this.redis = redis;
    this.reader = reader;
    this.marks = marks;
  }

  AdmittedAndRead admitAndRead(int max, Supplier<Claimed> claiming)
      throws StreamUnavailableException {
    OnItsWay first = onItsWay == null ? send(redis.fetchPipeline(), max) : onItsWay;
    onItsWay = null;
    FetchPipeline pipeline = first.pipeline();
    try {
      Claimed claimed = claiming.get();
      IdempotencyMarks.Questions questions = marks.ask(claimed.deliveries(), claimed.claims());
      pipeline.send(questions.commands());
      OnItsWay second = send(pipeline, max);
      List<Object> read = pipeline.replies(first.reading().commands().size());
      List<Object> marked = pipeline.replies(questions.commands().size());
      List<Admission> admissions = marks.answers(questions, marked);
      onItsWay = second;
      return new AdmittedAndRead(claimed, admissions, reader.deliveries(first.reading(), read));
    } finally {
      if (onItsWay == null) {
        pipeline.close();
      }
    }
  }

  /** What is still on its way. */
  List<Delivery> rest() throws StreamUnavailableException {
    OnItsWay last = onItsWay;
    if (last == null) {
      return List.of();
    }
    onItsWay = null;
    try (FetchPipeline pipeline = last.pipeline()) {
      List<Object> read = pipeline.replies(last.reading().commands().size());
      return reader.deliveries(last.reading(), read);
    }
  }

  private OnItsWay send(FetchPipeline pipeline, int max) throws StreamUnavailableException {
    GroupReader.Reading reading = reader.reading(max, Duration.ZERO);
    pipeline.send(reading.commands());
    return new OnItsWay(pipeline, reading);
  }
}
