package dev.webhookworker.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;

/**
 * The processors that the container may use, as Linux' control groups tell it (kernel
 * documentation, "Control Group v2", cpu.max, and "CFS Bandwidth Control"), and its limit of
 * threads (pids.max).
 */
final class ContainerCpu {

  private final Path root;

  private ContainerCpu(Path root) {
    this.root = root;
  }

  static ContainerCpu ofThisProcess() {
    return in(Path.of("/sys/fs/cgroup"));
  }

  static ContainerCpu in(Path root) {
    return new ContainerCpu(root);
  }

  /** Processors, 0.5 for half of one; empty without a limit. */
  OptionalDouble processors() {
    try {
      String[] max = text(root.resolve("cpu.max")).split(" ", -1);
      if (max.length == 2) {
        return max[0].equals("max")
            ? OptionalDouble.empty()
            : OptionalDouble.of(Double.parseDouble(max[0]) / Double.parseDouble(max[1]));
      }
      double quota = Double.parseDouble(text(root.resolve("cpu").resolve("cpu.cfs_quota_us")));
      double period = Double.parseDouble(text(root.resolve("cpu").resolve("cpu.cfs_period_us")));
      return quota > 0 ? OptionalDouble.of(quota / period) : OptionalDouble.empty();
    } catch (NumberFormatException none) {
      return OptionalDouble.empty();
    }
  }

  /** Threads among those that the container may have, 0 to 1; NaN without a limit. */
  double threadsShare() {
    Path v1 = root.resolve("pids");
    Path folder = Files.exists(v1.resolve("pids.max")) ? v1 : root;
    try {
      return Double.parseDouble(text(folder.resolve("pids.current")))
          / Double.parseDouble(text(folder.resolve("pids.max")));
    } catch (NumberFormatException noneOrMax) {
      return Double.NaN;
    }
  }

  /** Empty when there is no such file. */
  private static String text(Path file) {
    try {
      return Files.readString(file).trim();
    } catch (IOException none) {
      return "";
    }
  }
}
