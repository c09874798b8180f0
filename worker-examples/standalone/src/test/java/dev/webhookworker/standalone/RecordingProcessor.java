package dev.webhookworker.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.EventProcessor;
import dev.webhookworker.spi.ProcessingContext;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Does in the worker's process what the payload says, {@code {"sleep": ms, "then": "fail"}}, and
 * writes each step to the file TEST_RUNS, where it outlives the process.
 */
public final class RecordingProcessor implements EventProcessor {

  private static final int KILLED = 137;

  /** What a handler that leaks does not give back. */
  private static final Queue<byte[]> HELD = new ConcurrentLinkedQueue<>();

  /** No channel: that would close under a thread which is interrupted, for all others too. */
  private final OutputStream runs = open(System.getenv("TEST_RUNS"));

  private static OutputStream open(String file) {
    try {
      return new FileOutputStream(file, true);
    } catch (IOException notWritable) {
      throw new UncheckedIOException(notWritable);
    }
  }

  @Override
  public void process(WebhookEvent event, ProcessingContext context) throws Exception {
    record("begin", event, context);
    JsonNode script = event.payload();
    try {
      Thread.sleep(script.path("sleep").asLong());
    } catch (InterruptedException cancelled) {
      record("interrupted", event, context);
      throw cancelled;
    }
    switch (script.path("then").asText()) {
      case "fail" -> throw new IOException("as the test wants it");
      case "complain" -> throw new IOException(script.path("message").asText());
      case "fail_until" -> {
        if (!Files.exists(Path.of(script.path("file").asText()))) {
          throw new IOException("not mended yet");
        }
        record("end", event, context);
      }
      case "hold" -> {
        HELD.add(new byte[script.path("bytes").asInt()]);
        System.gc();
        record("end", event, context);
      }
      case "halt" -> Runtime.getRuntime().halt(KILLED);
      default -> record("end", event, context);
    }
  }

  /** One write to a file that is opened for appending: lines of several threads don't mix. */
  private void record(String step, WebhookEvent event, ProcessingContext context)
      throws IOException {
    String line =
        String.join(
                " ",
                step,
                event.eventId(),
                Integer.toString(context.attempt()),
                Long.toString(System.currentTimeMillis()))
            + "\n";
    runs.write(line.getBytes(StandardCharsets.UTF_8));
  }
}
