package dev.webhookworker.pairs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The way to a server on this machine, which can be cut or swallow everything until it heals. */
final class Proxy implements AutoCloseable {

  private enum State {
    PASSING,
    /** What is sent arrives when it has healed, as with a network that drops packets. */
    HOLDING,
    REFUSING
  }

  private final ServerSocket socket;
  private final int target;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  // Guarded by this.
  private State state = State.PASSING;

  Proxy(int target) {
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

  /** Ends all connections and takes no new ones. */
  void cut() {
    become(State.REFUSING);
    for (Socket one : open) {
      end(one);
    }
    open.clear();
  }

  /** Connections stay and nothing gets through. */
  void blackhole() {
    become(State.HOLDING);
  }

  void heal() {
    become(State.PASSING);
  }

  private synchronized void become(State next) {
    state = next;
    notifyAll();
  }

  private synchronized State state() {
    return state;
  }

  private synchronized boolean awaitPassing() throws InterruptedException {
    while (state == State.HOLDING) {
      wait();
    }
    return state == State.PASSING;
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        if (state() == State.REFUSING) {
          client.close();
          continue;
        }
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        open.addAll(List.of(client, server));
        if (state() == State.REFUSING) {
          // It was cut in between.
          client.close();
          server.close();
          continue;
        }
        start(() -> pump(client, server));
        start(() -> pump(server, client));
      }
    } catch (IOException closed) {
      cut();
    }
  }

  private void pump(Socket from, Socket to) {
    try (from;
        to) {
      byte[] some = new byte[8192];
      int read = from.getInputStream().read(some);
      while (read >= 0 && awaitPassing()) {
        to.getOutputStream().write(some, 0, read);
        read = from.getInputStream().read(some);
      }
    } catch (IOException ended) {
      // Both ends close.
      return;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private static void end(Socket one) {
    try {
      one.close();
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  @Override
  public void close() {
    cut();
    try {
      socket.close();
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }
}
