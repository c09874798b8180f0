package dev.webhookworker.forward.http;

import dev.webhookworker.forward.HttpAnswer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.entity.AbstractBinDataConsumer;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the start of an answer, however long it is. An answer that goes on and on ends with the
 * request's timeout. For one request; called by the library's thread.
 */
final class AnswerConsumer extends AbstractBinDataConsumer
    implements AsyncResponseConsumer<HttpAnswer> {

  private final BooleanSupplier givenUp;
  private final ByteArrayOutputStream start = new ByteArrayOutputStream(256);
  private int status;
  private @Nullable String retryAfter;
  private @Nullable FutureCallback<HttpAnswer> callback;

  /**
   * @param givenUp whether nobody waits for the answer any more; its next bytes then end its
   *     connection, which a cancellation that comes at the wrong moment leaves open
   */
  AnswerConsumer(BooleanSupplier givenUp) {
    this.givenUp = givenUp;
  }

  @Override
  public void consumeResponse(
      HttpResponse response,
      @Nullable EntityDetails entity,
      HttpContext context,
      FutureCallback<HttpAnswer> resultCallback) {
    status = response.getCode();
    Header header = response.getFirstHeader("Retry-After");
    retryAfter = header == null ? null : header.getValue();
    callback = resultCallback;
    if (entity == null) {
      completed();
    }
  }

  @Override
  public void informationResponse(HttpResponse response, HttpContext context) {
    // An early hint changes nothing.
  }

  @Override
  protected int capacityIncrement() {
    return Integer.MAX_VALUE;
  }

  @Override
  protected void data(ByteBuffer bytes, boolean endOfStream) throws IOException {
    if (givenUp.getAsBoolean()) {
      throw new IOException("the answer goes on after its time is over");
    }
    int wanted = Math.min(bytes.remaining(), HttpAnswer.START_BYTES - start.size());
    byte[] kept = new byte[wanted];
    bytes.get(kept);
    start.write(kept, 0, wanted);
    bytes.position(bytes.limit());
  }

  @Override
  protected void completed() {
    FutureCallback<HttpAnswer> waiting = callback;
    if (waiting != null) {
      waiting.completed(new HttpAnswer(status, retryAfter, start.toString(StandardCharsets.UTF_8)));
    }
  }

  @Override
  public void failed(Exception cause) {
    // The request's own callback learns of it.
  }

  @Override
  public void releaseResources() {
    // There are none but memory.
  }
}
