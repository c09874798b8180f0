package dev.webhookworker.standalone;

import dev.webhookworker.EventPublisher;
import dev.webhookworker.Worker;
import dev.webhookworker.ingest.IngestServer;
import dev.webhookworker.redis.RedisEventPublisher;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes webhooks in for a worker where INGEST_ENDPOINT is set; else does nothing. */
final class StandaloneIngest implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StandaloneIngest.class);

  /** Seconds that a request may take to arrive, and its answer to be taken. */
  private static final String REQUEST_LIMIT = "30";

  private final Worker worker;
  private volatile @Nullable EventPublisher publisher;
  private volatile @Nullable IngestServer server;

  StandaloneIngest(Worker worker) {
    this.worker = worker;
  }

  /**
   * A sender that dawdles must not keep a thread; the JDK's server reads this when it is loaded.
   */
  static void limitRequestTime() {
    for (String property :
        new String[] {"sun.net.httpserver.maxReqTime", "sun.net.httpserver.maxRspTime"}) {
      if (System.getProperty(property) == null) {
        System.setProperty(property, REQUEST_LIMIT);
      }
    }
  }

  /**
   * @throws IOException when the address can't be bound; the message names it
   */
  void start() throws IOException {
    InetSocketAddress address = worker.config().ingest().endpoint();
    if (address == null) {
      return;
    }
    EventPublisher toStream =
        RedisEventPublisher.to(worker.config().redis(), worker.config().streamName());
    publisher = toStream;
    IngestServer bound = IngestServer.start(address, worker.ingest(toStream));
    server = bound;
    LOG.atInfo().addKeyValue("address", bound.address()).log("Taking webhooks in");
  }

  /** Takes no more in; to be called before the worker is closed. */
  @Override
  public void close() {
    IngestServer bound = server;
    if (bound != null) {
      bound.close();
    }
    EventPublisher toStream = publisher;
    if (toStream != null) {
      toStream.close();
    }
  }
}
