package dev.webhookworker.redis;

import dev.webhookworker.port.DeadLetterQueue;
import dev.webhookworker.port.DestinationFailures;
import dev.webhookworker.port.DestinationLines;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.ResourceTurns;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Set;

/**
 * What stands between one simulated worker and the servers: it refuses calls, loses replies, and
 * lets the worker die between any two calls. For one thread.
 */
final class Steadiness {

  private static final Set<Class<?>> PORTS =
      Set.of(
          EventStream.class,
          EventStore.class,
          ResourceTurns.class,
          DestinationLines.class,
          DestinationFailures.class,
          DeadLetterQueue.class);
  private static final int NEVER = Integer.MAX_VALUE;

  private int callsToDeath = NEVER;
  private int streamRefuses;
  private int storeRefuses;
  private boolean losesReply;
  private boolean dead;
  private Runnable beforeStore;

  /** From that call on nothing reaches a server any more. */
  void dieAfter(int calls) {
    callsToDeath = calls;
  }

  /** The process is gone. */
  void die() {
    dead = true;
  }

  boolean isDead() {
    return dead;
  }

  void refuseStream(int calls) {
    streamRefuses = calls;
  }

  void refuseStore(int calls) {
    storeRefuses = calls;
  }

  /** The next call is done, and its answer is lost. */
  void loseReply() {
    losesReply = true;
  }

  /** Something happens when the worker has asked the store to write, before it does. */
  void beforeNextStore(Runnable happening) {
    beforeStore = happening;
  }

  /** From now on all calls work. */
  void heal() {
    callsToDeath = NEVER;
    streamRefuses = 0;
    storeRefuses = 0;
    losesReply = false;
    beforeStore = null;
  }

  <T> T around(Class<T> port, T target) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, arguments) -> call(target, method, arguments)));
  }

  private Object call(Object target, Method method, Object[] arguments) throws Throwable {
    Class<?> unavailable = whatItThrows(method);
    if (unavailable == null) {
      Object answer = invoke(target, method, arguments);
      return PORTS.contains(method.getReturnType())
          ? nested(method.getReturnType(), answer)
          : answer;
    }
    boolean ofStream = unavailable == StreamUnavailableException.class;
    if (!dead && callsToDeath != NEVER && callsToDeath-- == 0) {
      dead = true;
    }
    if (dead || refuses(ofStream)) {
      throw away(ofStream);
    }
    Runnable happening = beforeStore;
    if (happening != null && method.getName().equals("store")) {
      beforeStore = null;
      happening.run();
    }
    Object answer = invoke(target, method, arguments);
    if (losesReply) {
      losesReply = false;
      throw away(ofStream);
    }
    return answer;
  }

  private boolean refuses(boolean ofStream) {
    if (ofStream && streamRefuses > 0) {
      streamRefuses--;
      return true;
    }
    if (!ofStream && storeRefuses > 0) {
      storeRefuses--;
      return true;
    }
    return false;
  }

  private <T> T nested(Class<T> port, Object answer) {
    return around(port, port.cast(answer));
  }

  private static Class<?> whatItThrows(Method method) {
    return Arrays.stream(method.getExceptionTypes())
        .filter(
            type ->
                type == StreamUnavailableException.class || type == StoreUnavailableException.class)
        .findFirst()
        .orElse(null);
  }

  private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }

  private static Exception away(boolean ofStream) {
    return ofStream
        ? new StreamUnavailableException("away in the simulation", null)
        : new StoreUnavailableException("away in the simulation", null);
  }
}
