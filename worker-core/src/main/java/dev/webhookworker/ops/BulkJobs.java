package dev.webhookworker.ops;

import dev.webhookworker.BulkRetryPlan;
import dev.webhookworker.BulkRetryProgress;
import dev.webhookworker.DeadLetter;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterPage;
import dev.webhookworker.DeadLetterResult;
import dev.webhookworker.DeadLetters;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Acts on many dead letters, one job at a time in this process; the last ones are remembered. */
final class BulkJobs implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BulkJobs.class);
  private static final int REMEMBERED = 20;
  private static final int PAGE = 100;

  private final DeadLetters letters;
  private final Clock clock;

  // Guarded by this; the newest first.
  private final Deque<BulkJob> jobs = new ArrayDeque<>();
  private @Nullable Thread thread;

  /** What a job does until it is done or cancelled; says how it ended. */
  private interface Work {
    String run(BulkJob job);
  }

  BulkJobs(DeadLetters letters, Clock clock) {
    this.letters = letters;
    this.clock = clock;
  }

  BulkJob retry(DeadLetterFilter filter, BulkRetryPlan plan, String actor) {
    return start("retry", filter, plan.cap(), actor, job -> retry(job, filter, plan, actor));
  }

  private String retry(BulkJob job, DeadLetterFilter filter, BulkRetryPlan plan, String actor) {
    BulkRetryProgress end =
        letters.retryAll(
            filter,
            plan,
            actor,
            progress -> {
              job.progress(progress.sent(), progress.skipped());
              if (job.isCancelled()) {
                Thread.currentThread().interrupt();
              }
            });
    job.progress(end.sent(), end.skipped());
    return end.state() == BulkRetryProgress.State.INTERRUPTED
        ? "cancelled"
        : end.state().name().toLowerCase(Locale.ROOT);
  }

  BulkJob discard(DeadLetterFilter filter, int cap, String actor, String reason) {
    return start("discard", filter, cap, actor, job -> discard(job, filter, cap, actor, reason));
  }

  private String discard(
      BulkJob job, DeadLetterFilter filter, int cap, String actor, String reason) {
    int done = 0;
    int skipped = 0;
    @Nullable String cursor = null;
    do {
      DeadLetterPage page = letters.list(filter, cursor, PAGE);
      for (DeadLetter letter : page.items()) {
        if (job.isCancelled()) {
          return "cancelled";
        }
        if (done == cap) {
          return "capped";
        }
        boolean gone = letters.discard(letter.id(), actor, reason) == DeadLetterResult.DONE;
        done += gone ? 1 : 0;
        skipped += gone ? 0 : 1;
        job.progress(done, skipped);
      }
      cursor = page.next();
    } while (cursor != null);
    return "complete";
  }

  private BulkJob start(String action, DeadLetterFilter filter, int cap, String actor, Work work) {
    long matching = letters.count(filter);
    synchronized (this) {
      jobs.stream()
          .filter(BulkJob::isRunning)
          .findFirst()
          .ifPresent(
              running -> {
                throw ApiProblem.conflict(
                    "another job runs in this process; wait for its end or cancel it");
              });
      String id = Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36);
      BulkJob job = new BulkJob(id, action, actor, clock.instant(), matching, cap);
      jobs.addFirst(job);
      if (jobs.size() > REMEMBERED) {
        jobs.removeLast();
      }
      Thread started = new Thread(() -> run(job, work), "worker-ops-job");
      started.setDaemon(true);
      started.start();
      thread = started;
      LOG.atInfo()
          .addKeyValue("action", action)
          .addKeyValue("actor", actor)
          .addKeyValue("matching", matching)
          .addKeyValue("cap", cap)
          .log("A job on dead letters began");
      return job;
    }
  }

  private void run(BulkJob job, Work work) {
    try {
      job.ended(work.run(job), null, clock.instant());
    } catch (DeadLetters.UnavailableException | DeadLetters.UnreadableException failed) {
      job.ended("failed", failed.getMessage(), clock.instant());
    } catch (RuntimeException bug) {
      LOG.atError().setCause(bug).log("A job on dead letters failed unexpectedly");
      job.ended("failed", "an unexpected error; see the log", clock.instant());
    }
  }

  synchronized List<BulkJob> list() {
    return List.copyOf(jobs);
  }

  synchronized Optional<BulkJob> find(String id) {
    return jobs.stream().filter(job -> job.id().equals(id)).findFirst();
  }

  /** Ends it after the dead letter that it is at. */
  synchronized void cancel(BulkJob job) {
    job.cancel();
    if (job.isRunning() && thread != null) {
      thread.interrupt();
    }
  }

  @Override
  public synchronized void close() {
    jobs.forEach(this::cancel);
  }
}
