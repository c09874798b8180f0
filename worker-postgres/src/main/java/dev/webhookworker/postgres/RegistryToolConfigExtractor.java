package dev.webhookworker.postgres;

import dev.webhookworker.WebhookEvent;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.spi.KeyProvider;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.ToolConfigExtractor;
import dev.webhookworker.tool.ToolConfigs;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Tools of the table {@code webhook_tools}, cached until they change; where changes are not heard
 * of, for some seconds. Thread-safe.
 */
final class RegistryToolConfigExtractor implements ToolConfigExtractor, AutoCloseable {

  private static final Duration KEPT = Duration.ofSeconds(10);
  private static final Duration KEPT_WHILE_LISTENING = Duration.ofMinutes(1);
  private static final int MOST_KEPT = 10_000;

  private final ToolRegistry registry;
  private final ToolChanges changes;
  private final LongSupplier nanoTime;
  private final ConcurrentHashMap<String, Cached> cache = new ConcurrentHashMap<>();

  // Counts invalidations: what was read before one is not kept after it.
  private final AtomicLong generation = new AtomicLong();

  private record Cached(Optional<ToolConfig> tool, long untilNanos) {}

  RegistryToolConfigExtractor(Database database, KeyProvider keys) {
    this(database, keys, System::nanoTime);
  }

  RegistryToolConfigExtractor(Database database, KeyProvider keys, LongSupplier nanoTime) {
    registry = new ToolRegistry(database, keys);
    changes = new ToolChanges(database, this::forget, this::forgetAll);
    this.nanoTime = nanoTime;
  }

  @Override
  public int order() {
    return 1100;
  }

  @Override
  public Optional<ToolConfig> extract(WebhookEvent event) throws StoreUnavailableException {
    String id = event.toolId();
    if (id == null) {
      return Optional.empty();
    }
    changes.start();
    Cached cached = cache.get(id);
    if (cached != null && nanoTime.getAsLong() - cached.untilNanos() < 0) {
      return cached.tool();
    }
    long before = generation.get();
    Optional<ToolConfig> tool = registry.get(id).map(stored -> ToolConfigs.fromJson(stored.json()));
    if (cache.size() >= MOST_KEPT) {
      cache.clear();
    }
    Duration kept = changes.isListening() ? KEPT_WHILE_LISTENING : KEPT;
    cache.put(id, new Cached(tool, nanoTime.getAsLong() + kept.toNanos()));
    if (generation.get() != before) {
      cache.remove(id);
    }
    return tool;
  }

  private void forget(String id) {
    generation.incrementAndGet();
    cache.remove(id);
  }

  private void forgetAll() {
    generation.incrementAndGet();
    cache.clear();
  }

  /** Whether changes are heard of at once. */
  boolean isListening() {
    return changes.isListening();
  }

  @Override
  public void close() {
    changes.close();
  }
}
