package dev.webhookworker.port;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.spi.WorkerModule;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A queue and a store of which one call fails, some times in a row, and then works again. Every
 * method of every port can be that call; the list is read from the interfaces, so that a new method
 * is tried without being listed.
 */
public final class FaultyPorts implements WorkerModule {

  private static final List<Class<?>> PORTS =
      List.of(
          EventStream.class,
          EventStore.class,
          ResourceTurns.class,
          DestinationLines.class,
          DestinationFailures.class,
          DeadLetterQueue.class);

  private final WorkerModule real;
  private final Method failing;
  private final Fault fault;
  private final int after;
  private final int times;
  private final AtomicInteger calls = new AtomicInteger();
  private volatile boolean healed;

  /**
   * @param after so many calls work
   * @param times so many fail then
   */
  public FaultyPorts(WorkerModule real, Method failing, Fault fault, int after, int times) {
    this.real = real;
    this.failing = failing;
    this.fault = fault;
    this.after = after;
    this.times = times;
  }

  /** The methods that ask a server and say so. */
  public static List<Method> remoteCalls() {
    return PORTS.stream()
        .flatMap(port -> Arrays.stream(port.getMethods()))
        .filter(
            method ->
                Stream.of(method.getExceptionTypes())
                    .anyMatch(
                        type ->
                            type == StreamUnavailableException.class
                                || type == StoreUnavailableException.class))
        .sorted(
            java.util.Comparator.comparing(
                method -> method.getDeclaringClass().getSimpleName() + method.toGenericString()))
        .toList();
  }

  /** From now on everything works. */
  public void heal() {
    healed = true;
  }

  /** Whether the call has failed. */
  public boolean hasFailed() {
    return calls.get() > after;
  }

  @Override
  public Optional<EventStream> eventStream(WorkerConfig config) {
    return real.eventStream(config).map(stream -> faulty(EventStream.class, stream));
  }

  @Override
  public Optional<EventStore> eventStore(WorkerConfig config) {
    return real.eventStore(config).map(store -> faulty(EventStore.class, store));
  }

  private <T> T faulty(Class<T> port, T target) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, arguments) -> {
              if (method.equals(failing) && !healed) {
                int call = calls.incrementAndGet();
                if (call > after && call <= after + times) {
                  return fail(target, method, arguments);
                }
              }
              Object answer = invoke(target, method, arguments);
              return PORTS.contains(method.getReturnType())
                  ? nested(method.getReturnType(), answer)
                  : answer;
            }));
  }

  private <T> T nested(Class<T> port, Object answer) {
    return faulty(port, port.cast(answer));
  }

  private Object fail(Object target, Method method, Object[] arguments) throws Throwable {
    switch (fault) {
      case ERROR_BEFORE -> throw unavailable(method);
      case ERROR_AFTER -> {
        Object unused = invoke(target, method, arguments);
        throw unavailable(method);
      }
      case TIMEOUT -> {
        var unused =
            CompletableFuture.runAsync(
                () -> quietly(target, method, arguments),
                CompletableFuture.delayedExecutor(15, TimeUnit.MILLISECONDS));
        throw unavailable(method);
      }
      case EXCEPTION -> throw new IllegalStateException("a bug of the client");
      case PLATFORM_ERROR -> throw new OutOfMemoryError("on purpose");
    }
    throw new IllegalStateException();
  }

  private static void quietly(Object target, Method method, Object[] arguments) {
    try {
      Object unused = invoke(target, method, arguments);
    } catch (Throwable late) {
      throw new IllegalStateException(late);
    }
  }

  private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }

  private static Exception unavailable(Method method) {
    return Arrays.asList(method.getExceptionTypes()).contains(StreamUnavailableException.class)
        ? new StreamUnavailableException("away on purpose", null)
        : new StoreUnavailableException("away on purpose", null);
  }
}
