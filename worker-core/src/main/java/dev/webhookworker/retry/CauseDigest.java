package dev.webhookworker.retry;

import dev.webhookworker.foreign.ForeignCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A short digest of an error's classes and the top of its stack, without messages and line numbers:
 * failures of one cause have the same digest.
 */
public final class CauseDigest {

  private static final int FRAMES = 8;
  private static final int CAUSES = 5;
  private static final int BYTES = 8;

  private CauseDigest() {}

  /** Never throws. */
  public static String of(Throwable error) {
    return ForeignCode.ask(error, "", () -> digest(ForeignCode.readable(error)));
  }

  private static String digest(Throwable error) {
    StringBuilder cause = new StringBuilder();
    @Nullable Throwable current = error;
    for (int i = 0; current != null && i < CAUSES; i++, current = current.getCause()) {
      cause.append(ForeignCode.classOf(current)).append('\n');
      StackTraceElement[] stack = current.getStackTrace();
      for (int frame = 0; frame < Math.min(FRAMES, stack.length); frame++) {
        cause.append(stack[frame].getClassName()).append('.');
        cause.append(stack[frame].getMethodName()).append('\n');
      }
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(cause.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, BYTES);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
