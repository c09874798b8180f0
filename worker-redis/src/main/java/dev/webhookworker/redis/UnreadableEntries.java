package dev.webhookworker.redis;

import dev.webhookworker.retry.Redaction;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells once of each entry that can't be read; whoever reads goes on without it. Thread-safe. */
final class UnreadableEntries {

  private static final Logger LOG = LoggerFactory.getLogger(UnreadableEntries.class);
  private static final int MOST_REMEMBERED = 1_000;

  private final String what;
  private final LongAdder count = new LongAdder();
  private final Set<String> told =
      Collections.synchronizedSet(
          Collections.newSetFromMap(
              new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                  return size() > MOST_REMEMBERED;
                }
              }));

  /**
   * @param what the log line, with its consequence
   */
  UnreadableEntries(String what) {
    this.what = what;
  }

  /** How many were told of. */
  long count() {
    return count.sum();
  }

  void tell(String position, Throwable why) {
    if (told.add(position)) {
      count.increment();
      LOG.atWarn()
          .addKeyValue("position", position)
          .addKeyValue("problem", Redaction.messageOf(why))
          .log("{}", what);
    }
  }
}
