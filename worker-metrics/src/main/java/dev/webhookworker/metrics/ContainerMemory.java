package dev.webhookworker.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Memory of the container as Linux' control groups tell it (kernel documentation, "Control Group
 * v2" and "Memory Resource Controller"): what counts is the working set, as for Kubernetes.
 */
final class ContainerMemory {

  /** Above that, version 1 means: no limit. */
  private static final long NO_LIMIT = 1L << 60;

  private final Path used;
  private final Path limit;
  private final Path statistics;
  private final String reclaimable;

  private ContainerMemory(Path used, Path limit, Path statistics, String reclaimable) {
    this.used = used;
    this.limit = limit;
    this.statistics = statistics;
    this.reclaimable = reclaimable;
  }

  static ContainerMemory ofThisProcess() {
    return in(Path.of("/sys/fs/cgroup"));
  }

  static ContainerMemory in(Path root) {
    Path v1 = root.resolve("memory");
    return Files.exists(v1.resolve("memory.usage_in_bytes"))
        ? new ContainerMemory(
            v1.resolve("memory.usage_in_bytes"),
            v1.resolve("memory.limit_in_bytes"),
            v1.resolve("memory.stat"),
            "total_inactive_file ")
        : new ContainerMemory(
            root.resolve("memory.current"),
            root.resolve("memory.max"),
            root.resolve("memory.stat"),
            "inactive_file ");
  }

  /** Bytes in use that the system can't take back; empty outside of a container. */
  OptionalLong used() {
    OptionalLong all = number(used);
    if (all.isEmpty()) {
      return all;
    }
    long inactive = 0;
    try {
      for (String line : Files.readAllLines(statistics)) {
        if (line.startsWith(reclaimable)) {
          inactive = Long.parseLong(line.substring(reclaimable.length()).trim());
        }
      }
    } catch (IOException | NumberFormatException unknown) {
      return all;
    }
    return OptionalLong.of(Math.max(0, all.getAsLong() - inactive));
  }

  /** Bytes that may be in use; empty without a limit. */
  OptionalLong limit() {
    OptionalLong bytes = number(limit);
    return bytes.isPresent() && bytes.getAsLong() < NO_LIMIT ? bytes : OptionalLong.empty();
  }

  private static OptionalLong number(Path file) {
    try {
      return OptionalLong.of(Long.parseLong(Files.readString(file).trim()));
    } catch (IOException | NumberFormatException noneOrMax) {
      return OptionalLong.empty();
    }
  }
}
