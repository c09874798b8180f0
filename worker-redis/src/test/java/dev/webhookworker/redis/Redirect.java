package dev.webhookworker.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An address that points to one server and then to another, as a name does after a failover:
 * connections that were made before stay with the old one.
 */
final class Redirect implements AutoCloseable {

  private final ServerSocket socket;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private volatile int target;
  private volatile boolean swallowing;

  Redirect(int target) {
    this.target = target;
    try {
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException none) {
      throw new UncheckedIOException(none);
    }
    start(this::accept);
  }

  int port() {
    return socket.getLocalPort();
  }

  void pointTo(int port) {
    target = port;
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "redirect");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        open.addAll(List.of(client, server));
        start(() -> pump(client, server, false));
        start(() -> pump(server, client, true));
      }
    } catch (IOException closed) {
      // The test is over.
      close();
    }
  }

  /** From now on what a server answers is lost with its connection. */
  void swallowReplies() {
    swallowing = true;
  }

  void passReplies() {
    swallowing = false;
  }

  private void pump(Socket from, Socket to, boolean replies) {
    try (from;
        to) {
      byte[] some = new byte[8192];
      int read = from.getInputStream().read(some);
      while (read >= 0 && !(replies && swallowing)) {
        to.getOutputStream().write(some, 0, read);
        read = from.getInputStream().read(some);
      }
    } catch (IOException closed) {
      // Both ends close.
      return;
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
      for (Socket one : open) {
        one.close();
      }
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }
}
