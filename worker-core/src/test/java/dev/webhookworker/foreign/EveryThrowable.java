package dev.webhookworker.foreign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * Everything that foreign code can throw: one of each class of the platform's {@code java.base}
 * that can be made, and some whose own methods throw. By name, in a fixed order.
 */
public final class EveryThrowable {

  private EveryThrowable() {}

  /** Fresh ones at each call. */
  public static Map<String, Throwable> all() {
    Map<String, Throwable> all = new LinkedHashMap<>();
    for (String name : namesOfPlatform()) {
      Throwable made = make(name);
      if (made != null) {
        all.put(name, made);
      }
    }
    hostile().forEach((name, maker) -> all.put(name, call(maker)));
    return all;
  }

  private static Map<String, Callable<Throwable>> hostile() {
    Map<String, Callable<Throwable>> hostile = new LinkedHashMap<>();
    hostile.put("no message", () -> new RuntimeException((String) null));
    hostile.put("getMessage throws an exception", () -> new MessageThrows(new RuntimeException()));
    hostile.put("getMessage throws an Error", () -> new MessageThrows(new AssertionError()));
    hostile.put("getMessage throws itself", () -> new MessageThrows(null));
    hostile.put("getCause throws", CauseThrows::new);
    hostile.put("toString throws", TextThrows::new);
    hostile.put("getStackTrace answers null", NoStack::new);
    hostile.put(
        "its cause can't be shown", () -> new IOException("outer", new MessageThrows(null)));
    hostile.put("circle of causes", EveryThrowable::circle);
    hostile.put("a plain Throwable", () -> new Throwable("plain"));
    hostile.put("an anonymous Error", () -> new Error("anonymous") {});
    return hostile;
  }

  private static Throwable circle() {
    Exception one = new Exception("one");
    one.initCause(new Exception("two", one));
    return one;
  }

  private static List<String> namesOfPlatform() {
    Path base = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules/java.base");
    try (Stream<Path> classes = Files.walk(base.resolve("java"))) {
      return classes
          .map(file -> base.relativize(file).toString())
          .filter(name -> name.endsWith("Exception.class") || name.endsWith("Error.class"))
          .map(name -> name.substring(0, name.length() - ".class".length()).replace('/', '.'))
          .sorted()
          .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static Throwable make(String name) {
    try {
      Class<?> type = Class.forName(name);
      if (!Throwable.class.isAssignableFrom(type) || Modifier.isAbstract(type.getModifiers())) {
        return null;
      }
      for (Constructor<?> constructor : type.getConstructors()) {
        if (constructor.getParameterCount() == 0) {
          return (Throwable) constructor.newInstance();
        }
        if (constructor.getParameterCount() == 1
            && constructor.getParameterTypes()[0] == String.class) {
          return (Throwable) constructor.newInstance("thrown on purpose");
        }
      }
      return null;
    } catch (ReflectiveOperationException | LinkageError notToBeMade) {
      return null;
    }
  }

  private static Throwable call(Callable<Throwable> maker) {
    try {
      return maker.call();
    } catch (Exception impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Throws it although it may be checked. */
  @SuppressWarnings("unchecked")
  public static <T extends Throwable> RuntimeException sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  private static final class MessageThrows extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Throwable thrown;

    MessageThrows(Throwable thrown) {
      this.thrown = thrown;
    }

    @Override
    public String getMessage() {
      throw sneak(thrown == null ? this : thrown);
    }
  }

  private static final class CauseThrows extends Exception {
    private static final long serialVersionUID = 1L;

    CauseThrows() {
      super("its cause can't be asked for");
    }

    @Override
    public synchronized Throwable getCause() {
      throw new IllegalStateException("no cause");
    }
  }

  @SuppressWarnings("OverrideThrowableToString")
  private static final class TextThrows extends Exception {
    private static final long serialVersionUID = 1L;

    @Override
    public String toString() {
      throw new StackOverflowError();
    }
  }

  private static final class NoStack extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public StackTraceElement[] getStackTrace() {
      return null;
    }
  }
}
