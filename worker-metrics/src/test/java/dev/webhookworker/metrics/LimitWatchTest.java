package dev.webhookworker.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class LimitWatchTest {

  private final Logger logger = (Logger) LoggerFactory.getLogger(LimitWatch.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private double share;
  private final LimitWatch watch = new LimitWatch("memory", 0.8, () -> share, "Give it more");

  @BeforeEach
  void listen() {
    log.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(log);
    logger.setLevel(null);
  }

  private void lookAt(double... shares) {
    for (double one : shares) {
      share = one;
      watch.look();
    }
  }

  private List<String> lines() {
    return log.list.stream().map(line -> line.getLevel() + " " + line.getMessage()).toList();
  }

  @Test
  void oneLineWhenItIsCloseAndOneWhenItIsAway() {
    lookAt(0.5, 0.81, 0.99, 0.79, 0.81, 0.72, Double.NaN);
    assertThat(lines()).containsExactly("WARN Close to a limit");
    assertThat(watch.isHigh()).isTrue();
    lookAt(0.69, 0.2);
    assertThat(lines()).containsExactly("WARN Close to a limit", "INFO Away from a limit again");
    lookAt(0.9);
    assertThat(lines()).hasSize(3);
  }

  @Test
  void whatIsNotKnownIsNotWarnedAbout() {
    lookAt(Double.NaN, Double.NaN);
    assertThat(lines()).isEmpty();
  }

  @Test
  void theContainersWorkingSetAndLimitAreReadFromBothVersionsOfControlGroups(@TempDir Path root)
      throws IOException {
    assertThat(ContainerMemory.in(root).used()).isEmpty();
    assertThat(ContainerMemory.in(root).limit()).isEmpty();
    Files.writeString(root.resolve("memory.current"), "300\n");
    Files.writeString(root.resolve("memory.max"), "max\n");
    Files.writeString(root.resolve("memory.stat"), "anon 5\ninactive_file 100\nslab 7\n");
    assertThat(ContainerMemory.in(root).used()).hasValue(200);
    assertThat(ContainerMemory.in(root).limit()).isEmpty();
    Files.writeString(root.resolve("memory.max"), "512\n");
    assertThat(ContainerMemory.in(root).limit()).hasValue(512);

    Path v1 = Files.createDirectory(root.resolve("memory"));
    Files.writeString(v1.resolve("memory.usage_in_bytes"), "90\n");
    Files.writeString(v1.resolve("memory.limit_in_bytes"), "9223372036854771712\n");
    Files.writeString(v1.resolve("memory.stat"), "inactive_file 1\ntotal_inactive_file 40\n");
    assertThat(ContainerMemory.in(root).used()).hasValue(50);
    assertThat(ContainerMemory.in(root).limit()).isEmpty();
  }

  @Test
  void theContainersProcessorsAndThreadsAreReadFromBothVersionsOfControlGroups(@TempDir Path root)
      throws IOException {
    ContainerCpu cpu = ContainerCpu.in(root);
    assertThat(cpu.processors()).isEmpty();
    assertThat(cpu.threadsShare()).isNaN();
    Files.writeString(root.resolve("cpu.max"), "max 100000\n");
    Files.writeString(root.resolve("pids.current"), "60\n");
    Files.writeString(root.resolve("pids.max"), "max\n");
    assertThat(cpu.processors()).isEmpty();
    assertThat(cpu.threadsShare()).isNaN();
    Files.writeString(root.resolve("cpu.max"), "50000 100000\n");
    Files.writeString(root.resolve("pids.max"), "80\n");
    assertThat(cpu.processors()).hasValue(0.5);
    assertThat(cpu.threadsShare()).isEqualTo(0.75);

    Files.delete(root.resolve("cpu.max"));
    Path v1 = Files.createDirectory(root.resolve("cpu"));
    Files.writeString(v1.resolve("cpu.cfs_quota_us"), "-1\n");
    Files.writeString(v1.resolve("cpu.cfs_period_us"), "100000\n");
    assertThat(cpu.processors()).isEmpty();
    Files.writeString(v1.resolve("cpu.cfs_quota_us"), "150000\n");
    assertThat(cpu.processors()).hasValue(1.5);
    Path pids = Files.createDirectory(root.resolve("pids"));
    Files.writeString(pids.resolve("pids.current"), "9\n");
    Files.writeString(pids.resolve("pids.max"), "10\n");
    assertThat(cpu.threadsShare()).isEqualTo(0.9);
  }

  @Test
  void aMinuteOfWorkWithoutAPauseIsNewsABurstIsNot() {
    long[] now = {0};
    long[] used = {0};
    CpuShare cpu = new CpuShare(() -> now[0], () -> used[0], () -> 0.5);
    double[] bursts = {0.5, 0.5, 0, 0, 0, 0};
    for (double busy : bursts) {
      cpu.look();
      now[0] += 10_000_000_000L;
      used[0] += (long) (busy * 10e9);
    }
    assertThat(cpu.look()).isBetween(0.33, 0.34);
    for (int i = 0; i < 6; i++) {
      now[0] += 10_000_000_000L;
      used[0] += 5_000_000_000L;
      cpu.look();
    }
    assertThat(cpu.now()).isEqualTo(1.0);
  }

  @Test
  void theFiguresOfThisProcessAreSensible() {
    ProcessFigures figures =
        new ProcessFigures(ContainerMemory.ofThisProcess(), ContainerCpu.ofThisProcess());
    assertThat(figures.heapUsed()).isPositive().isLessThanOrEqualTo(figures.heapLimit());
    assertThat(figures.threads()).isPositive();
    assertThat(figures.openFilesShare()).isBetween(0.0, 1.0);
    assertThat(figures.collectionSeconds()).isNotNegative();
    assertThat(figures.processors()).isPositive();
    assertThat(figures.cpuNanos()).isPositive();
  }
}
