package dev.webhookworker.postgres;

import dev.webhookworker.NonRetryableException;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.ToolDirectory;
import dev.webhookworker.tool.ToolConfigs;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ingest paths of the tools in {@code webhook_tools}. All are read at once, every ten seconds
 * at most, so that requests for paths that don't exist never reach the database; while it is away,
 * what was read last goes on. Thread-safe.
 */
final class RegistryToolDirectory implements ToolDirectory {

  private static final Logger LOG = LoggerFactory.getLogger(RegistryToolDirectory.class);
  private static final Duration KEPT = Duration.ofSeconds(10);

  private final ToolRegistry registry;
  private final LongSupplier nanoTime;

  // Guarded by this; the map itself is never changed.
  private @Nullable Map<String, ToolConfig> byPath;
  private long readAtNanos;

  RegistryToolDirectory(ToolRegistry registry) {
    this(registry, System::nanoTime);
  }

  RegistryToolDirectory(ToolRegistry registry, LongSupplier nanoTime) {
    this.registry = registry;
    this.nanoTime = nanoTime;
  }

  @Override
  public Optional<ToolConfig> byPath(String path) throws StoreUnavailableException {
    return Optional.ofNullable(current().get(path));
  }

  private synchronized Map<String, ToolConfig> current() throws StoreUnavailableException {
    long now = nanoTime.getAsLong();
    Map<String, ToolConfig> known = byPath;
    if (known != null && now - readAtNanos < KEPT.toNanos()) {
      return known;
    }
    try {
      known = selectAll();
      byPath = known;
    } catch (StoreUnavailableException away) {
      if (known == null) {
        throw away;
      }
    }
    readAtNanos = now;
    return known;
  }

  private Map<String, ToolConfig> selectAll() throws StoreUnavailableException {
    Map<String, ToolConfig> tools = new HashMap<>();
    for (ToolRegistry.StoredTool stored : registry.list(null)) {
      add(stored, tools);
    }
    return Map.copyOf(tools);
  }

  private static void add(ToolRegistry.StoredTool stored, Map<String, ToolConfig> tools) {
    String id = stored.id();
    try {
      ToolConfig tool = ToolConfigs.fromJson(stored.json());
      ToolConfig other = tools.putIfAbsent(ToolConfigs.endpointPath(tool), tool);
      if (other != null) {
        LOG.atWarn()
            .addKeyValue("tool_id", id)
            .addKeyValue("other_tool_id", other.id())
            .log("Two tools have the same endpoint_path; the first by its id gets the requests");
      }
    } catch (NonRetryableException unusable) {
      LOG.atWarn()
          .addKeyValue("tool_id", id)
          .addKeyValue("problem", unusable.getMessage())
          .log("A tool in the registry can't be used; its senders get 404");
    }
  }
}
