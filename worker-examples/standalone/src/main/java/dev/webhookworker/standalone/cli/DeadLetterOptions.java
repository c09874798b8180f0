package dev.webhookworker.standalone.cli;

import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterStatus;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which dead letters; all conditions must hold, without one the open ones. */
final class DeadLetterOptions {

  @Option(
      names = "--status",
      split = ",",
      paramLabel = "STATUS",
      description = "pending, retrying, failed, resolved, discarded. Defaults to the open ones.")
  Set<DeadLetterStatus> statuses = EnumSet.noneOf(DeadLetterStatus.class);

  @Option(names = "--type", paramLabel = "TYPE", description = "Of that event type.")
  @Nullable String type;

  @Option(names = "--tool", paramLabel = "ID", description = "Of that tool.")
  @Nullable String tool;

  @Option(names = "--tenant", paramLabel = "ID", description = "Of that tenant.")
  @Nullable String tenant;

  @Option(names = "--error-class", paramLabel = "CLASS", description = "With that exception.")
  @Nullable String errorClass;

  @Option(
      names = "--cause",
      paramLabel = "FINGERPRINT",
      description = "Of that cause, see 'dlq stats'.")
  @Nullable String fingerprint;

  @Option(names = "--text", paramLabel = "TEXT", description = "With that in event id or error.")
  @Nullable String text;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Dead since then, e.g. 2026-11-01T00:00:00Z.")
  @Nullable Instant from;

  @Option(names = "--before", paramLabel = "TIME", description = "Dead before then.")
  @Nullable Instant before;

  DeadLetterFilter filter() {
    DeadLetterFilter some =
        statuses.isEmpty()
            ? DeadLetterFilter.OPEN
            : DeadLetterFilter.ALL.withStatuses(EnumSet.copyOf(statuses));
    return some.withEventType(type)
        .withToolId(tool)
        .withTenantId(tenant)
        .withErrorClass(errorClass)
        .withFingerprint(fingerprint)
        .withText(text)
        .withDead(from, before);
  }

  /** Whether only that one was asked for, so that other conditions make no sense. */
  boolean isEmptyButForTenant() {
    return filter().withTenantId(null).equals(DeadLetterFilter.OPEN);
  }
}
