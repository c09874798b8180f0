package dev.webhookworker.foreign;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls code that is not ours where its failure must change nothing: while a fact is told, a
 * failure is judged, a run is concluded. Whatever is thrown, an {@link Error} too, is logged once
 * for each kind of caller and ends here. Thread-safe.
 */
public final class ForeignCode {

  private static final Logger LOG = LoggerFactory.getLogger(ForeignCode.class);
  private static final int MOST_REMEMBERED = 1000;
  private static final int DEEPEST_CAUSE = 20;

  private static final Set<String> COMPLAINED_ABOUT = ConcurrentHashMap.newKeySet();

  private ForeignCode() {}

  /**
   * Makes a call for its effect.
   *
   * @param who is called, for the log line
   */
  public static void tell(Object who, Runnable call) {
    try {
      call.run();
    } catch (Throwable thrown) {
      complain(who, thrown);
    }
  }

  /**
   * Asks for an answer.
   *
   * @param who is asked, for the log line
   * @param otherwise the answer when the call throws or answers null
   */
  public static <T> T ask(Object who, T otherwise, Supplier<? extends @Nullable T> call) {
    try {
      T answer = call.get();
      return answer == null ? otherwise : answer;
    } catch (Throwable thrown) {
      complain(who, thrown);
      return otherwise;
    }
  }

  /**
   * A failure that can be judged, kept and logged: the given one when all of its methods answer,
   * else one that stands for it.
   */
  public static Throwable readable(Throwable failure) {
    try {
      @Nullable Throwable current = failure;
      for (int depth = 0; current != null && depth < DEEPEST_CAUSE; depth++) {
        touch(current);
        current = current.getCause();
      }
      return failure;
    } catch (Throwable thrown) {
      return new UnreadableFailure(failure, thrown);
    }
  }

  /** The class name of a failure, seen through what stands for it. */
  public static String classOf(Throwable failure) {
    return failure instanceof UnreadableFailure unreadable
        ? unreadable.originalClass()
        : failure.getClass().getName();
  }

  /** What a log framework asks of an exception. */
  private static void touch(Throwable failure) {
    String unusedMessage = failure.getMessage();
    String unusedLocalized = failure.getLocalizedMessage();
    String unusedText = failure.toString();
    for (StackTraceElement frame : failure.getStackTrace()) {
      if (frame == null) {
        throw new IllegalStateException("a stack frame is null");
      }
    }
  }

  private static void complain(Object who, Throwable thrown) {
    try {
      if (thrown instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      String key = who.getClass().getName() + " " + thrown.getClass().getName();
      if (COMPLAINED_ABOUT.size() < MOST_REMEMBERED && COMPLAINED_ABOUT.add(key)) {
        LOG.atWarn()
            .addKeyValue("class", who.getClass().getName())
            .setCause(readable(thrown))
            .log(
                "{} threw {}; the worker goes on as if it had not, and does not log this again",
                who.getClass().getName(),
                thrown.getClass().getName());
      }
    } catch (Throwable beyondHelp) {
      // Not even this could be logged (no memory, a broken appender): the caller goes on.
    }
  }
}
