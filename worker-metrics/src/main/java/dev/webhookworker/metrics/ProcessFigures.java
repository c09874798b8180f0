package dev.webhookworker.metrics;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;

/** What this process uses, and what it may use. */
final class ProcessFigures {

  private final ContainerMemory container;
  private final ContainerCpu cpu;

  ProcessFigures(ContainerMemory container, ContainerCpu cpu) {
    this.container = container;
    this.cpu = cpu;
  }

  double heapUsed() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  double heapLimit() {
    return Runtime.getRuntime().maxMemory();
  }

  /** Heap in use after the last collection; NaN where the collector does not tell. */
  double heapLive() {
    double bytes = 0;
    boolean known = false;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage after = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
      if (after != null) {
        bytes += after.getUsed();
        known = true;
      }
    }
    return known ? bytes : Double.NaN;
  }

  double containerUsed() {
    return container.used().isPresent() ? container.used().getAsLong() : Double.NaN;
  }

  double containerLimit() {
    return container.limit().isPresent() ? container.limit().getAsLong() : Double.NaN;
  }

  double threads() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }

  /** Threads among those that the container may have, 0 to 1; NaN without a limit. */
  double threadsShare() {
    return cpu.threadsShare();
  }

  /** Processors that this process may use at once. */
  double processors() {
    return cpu.processors().orElse(Runtime.getRuntime().availableProcessors());
  }

  /** Processor time used since the start; 0 where the system does not tell. */
  long cpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? Math.max(0, system.getProcessCpuTime())
        : 0;
  }

  double collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  double collectionSeconds() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
            .mapToLong(GarbageCollectorMXBean::getCollectionTime)
            .sum()
        / 1000.0;
  }

  /** Open files among those that may be open, 0 to 1; NaN where the system does not tell. */
  double openFilesShare() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? (double) unix.getOpenFileDescriptorCount() / unix.getMaxFileDescriptorCount()
        : Double.NaN;
  }
}
