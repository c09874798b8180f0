package dev.webhookworker.ops;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The operations pages of one worker: its own, and those that its host has mounted. Thread-safe.
 */
public final class OpsPages implements AutoCloseable {

  private final OpsParts parts;
  private final @Nullable OpsHandler own;
  private final List<OpsHandler> ofHost = new CopyOnWriteArrayList<>();

  /**
   * @param own what the health server serves; null when it serves none
   */
  public OpsPages(OpsParts parts, @Nullable OpsHandler own) {
    this.parts = parts;
    this.own = own;
  }

  public void start() {
    if (own != null) {
      own.start();
    }
  }

  public OpsHandler forHost(Authenticator authenticator) {
    OpsHandler handler = OpsHandler.forHost(parts, authenticator).start();
    ofHost.add(handler);
    return handler;
  }

  /** The page's address on a server that listens there. */
  public static URI address(InetSocketAddress server) {
    boolean everywhere = server.getAddress() == null || server.getAddress().isAnyLocalAddress();
    String host = everywhere ? "127.0.0.1" : server.getAddress().getHostAddress();
    return URI.create(
        "http://"
            + (host.contains(":") ? "[" + host + "]" : host)
            + ":"
            + server.getPort()
            + "/ops");
  }

  @Override
  public void close() {
    if (own != null) {
      own.close();
    }
    ofHost.forEach(OpsHandler::close);
  }
}
