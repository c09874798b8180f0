package dev.webhookworker.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.ToolConfigExtractor;
import dev.webhookworker.tool.ToolConfigs;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Tools of the table {@code webhook_tools}, each cached for some seconds. Thread-safe. */
final class RegistryToolConfigExtractor implements ToolConfigExtractor {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration KEPT = Duration.ofSeconds(10);
  private static final int MOST_KEPT = 10_000;

  private final Database database;
  private final LongSupplier nanoTime;
  private final ConcurrentHashMap<String, Cached> cache = new ConcurrentHashMap<>();

  private record Cached(Optional<ToolConfig> tool, long untilNanos) {}

  RegistryToolConfigExtractor(Database database) {
    this(database, System::nanoTime);
  }

  RegistryToolConfigExtractor(Database database, LongSupplier nanoTime) {
    this.database = database;
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
    Cached cached = cache.get(id);
    if (cached != null && nanoTime.getAsLong() - cached.untilNanos() < 0) {
      return cached.tool();
    }
    Optional<ToolConfig> tool = select(id);
    if (cache.size() >= MOST_KEPT) {
      cache.clear();
    }
    cache.put(id, new Cached(tool, nanoTime.getAsLong() + KEPT.toNanos()));
    return tool;
  }

  private Optional<ToolConfig> select(String id) throws StoreUnavailableException {
    String sql =
        "SELECT tool_name, provider, tenant_id, status, webhook_config FROM %s WHERE id = ?"
            .formatted(database.table("webhook_tools"));
    try (Connection connection = database.dataSource().getConnection();
        PreparedStatement select = connection.prepareStatement(sql)) {
      select.setString(1, id);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(tool(id, row)) : Optional.empty();
      }
    } catch (SQLException failed) {
      if (SqlTrouble.refusesData(failed)) {
        return Optional.empty();
      }
      throw SqlTrouble.unavailable(failed);
    }
  }

  static ToolConfig tool(String id, ResultSet row) throws SQLException {
    ObjectNode json = JSON.createObjectNode();
    json.put("id", id);
    json.put("tool_name", row.getString("tool_name"));
    json.put("provider", row.getString("provider"));
    json.put("tenant_id", row.getString("tenant_id"));
    json.put("status", row.getString("status"));
    try {
      JsonNode config = JSON.readTree(row.getString("webhook_config"));
      json.set("webhook_config", config);
    } catch (JsonProcessingException impossible) {
      throw new NonRetryableException("tool '" + id + "': webhook_config is not JSON", impossible);
    }
    return ToolConfigs.fromJson(json);
  }
}
