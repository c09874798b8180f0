package dev.webhookworker.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.ConfigurationException;
import dev.webhookworker.crypto.FieldEncryption;
import dev.webhookworker.port.EncryptionContext;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.spi.KeyProvider;
import dev.webhookworker.tool.ToolValidation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tools of {@code webhook_tools}. A change needs the version that it was made on, so that
 * nobody overwrites what he has not seen; every worker learns of it at once. What {@code
 * auth_config} holds, and the secrets, headers and keys of destinations, are stored encrypted.
 * Thread-safe.
 */
public final class ToolRegistry {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> SECRETS_OF_DESTINATIONS =
      List.of("secret", "secrets", "headers", "mtls");
  private static final String COLUMNS =
      "id, tool_name, provider, tenant_id, status, webhook_config, version";

  private final Database database;
  private final FieldEncryption secrets;
  private final ToolValidation validation = ToolValidation.ofDiscovered();

  /**
   * A tool as it is stored.
   *
   * @param json the known format; {@code auth_config} readable when its key is there
   * @param version to be given when it is changed
   */
  public record StoredTool(String id, JsonNode json, long version) {

    /** The tool with its secrets shown as {@code ***}. */
    public JsonNode masked() {
      JsonNode copy = json.deepCopy();
      if (copy.path("webhook_config") instanceof ObjectNode config) {
        mask(config, "auth_config");
        for (JsonNode destination : config.path("destinations")) {
          SECRETS_OF_DESTINATIONS.forEach(field -> mask(destination, field));
        }
      }
      return copy;
    }

    private static void mask(JsonNode object, String field) {
      if (object instanceof ObjectNode config && config.has(field)) {
        config.put(field, "***");
      }
    }

    @Override
    public String toString() {
      return "StoredTool[" + id + ", version " + version + "]";
    }
  }

  ToolRegistry(Database database, KeyProvider keys) {
    this.database = database;
    List<String> encrypted = new ArrayList<>(List.of("/auth_config"));
    SECRETS_OF_DESTINATIONS.forEach(field -> encrypted.add("/destinations/*/" + field));
    secrets = new FieldEncryption(encrypted, keys);
  }

  /**
   * The tools by id.
   *
   * @param tenantId only that tenant's; null for all
   */
  public List<StoredTool> list(@Nullable String tenantId) throws StoreUnavailableException {
    String sql =
        "SELECT %s FROM %s WHERE ?::text IS NULL OR tenant_id = ? ORDER BY id"
            .formatted(COLUMNS, database.table("webhook_tools"));
    return new Query(database)
        .ask(
            sql,
            select -> {
              select.setString(1, tenantId);
              select.setString(2, tenantId);
            },
            row -> {
              List<StoredTool> tools = new ArrayList<>();
              while (row.next()) {
                tools.add(tool(row));
              }
              return tools;
            });
  }

  public Optional<StoredTool> get(String id) throws StoreUnavailableException {
    String sql =
        "SELECT %s FROM %s WHERE id = ?".formatted(COLUMNS, database.table("webhook_tools"));
    try {
      return database.use(
          connection -> {
            try (PreparedStatement select = connection.prepareStatement(sql)) {
              select.setString(1, id);
              try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(tool(row)) : Optional.<StoredTool>empty();
              }
            }
          });
    } catch (SQLException failed) {
      if (SqlTrouble.refusesData(failed)) {
        return Optional.empty();
      }
      throw SqlTrouble.unavailable(failed);
    }
  }

  /**
   * Stores a tool.
   *
   * @param expectedVersion the version that was read; 0 for a new tool
   * @return its new version
   * @throws ConfigurationException naming everything that is wrong with it
   * @throws ToolConflictException when it has another version
   */
  public long put(JsonNode tool, long expectedVersion, String actor)
      throws StoreUnavailableException, ToolConflictException {
    List<String> problems = new ArrayList<>(validation.problems(tool));
    JsonNode config = tool.path("webhook_config");
    boolean holdsSecrets = holdsSecrets(config);
    if (holdsSecrets && !secrets.hasKey()) {
      problems.add(
          "webhook_config: auth_config and the secrets of destinations are stored encrypted and"
              + " there is no key; set WORKER_ENCRYPTION_KEYS");
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    String id = tool.get("id").asText();
    String text = config.isMissingNode() ? "{}" : config.toString();
    String kept = holdsSecrets ? secrets.encrypt(EncryptionContext.ofTool(id), null, text) : text;
    String sql =
        expectedVersion == 0
            ? """
              INSERT INTO %s (tool_name, provider, tenant_id, status, webhook_config, id)
              VALUES (?, ?, ?, ?, ?::jsonb, ?) ON CONFLICT (id) DO NOTHING RETURNING version
              """
            : """
              UPDATE %s SET tool_name = ?, provider = ?, tenant_id = ?, status = ?,
                webhook_config = ?::jsonb, version = version + 1, updated_at = now()
              WHERE id = ? AND version = ? RETURNING version
              """;
    return change(
        id,
        actor,
        sql.formatted(database.table("webhook_tools")),
        statement -> {
          statement.setString(1, tool.path("tool_name").asText(id));
          statement.setString(2, tool.path("provider").asText());
          statement.setString(3, tool.path("tenant_id").textValue());
          statement.setString(4, tool.path("status").asText("active"));
          statement.setString(5, kept);
          statement.setString(6, id);
          if (expectedVersion != 0) {
            statement.setLong(7, expectedVersion);
          }
        });
  }

  private static boolean holdsSecrets(JsonNode config) {
    if (config.path("auth_config").size() > 0) {
      return true;
    }
    for (JsonNode destination : config.path("destinations")) {
      if (SECRETS_OF_DESTINATIONS.stream().anyMatch(destination::has)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Switches a tool off: its events become dead letters until it is put again with the status
   * {@code active}.
   *
   * @throws ToolConflictException when there is no such tool
   */
  public long disable(String id, String actor)
      throws StoreUnavailableException, ToolConflictException {
    return change(
        id,
        actor,
        """
        UPDATE %s SET status = 'disabled', version = version + 1, updated_at = now()
        WHERE id = ? RETURNING version
        """
            .formatted(database.table("webhook_tools")),
        statement -> statement.setString(1, id));
  }

  /**
   * Lets a tool's events wait, or run again.
   *
   * @throws ToolConflictException when there is no such tool
   */
  long pause(String id, boolean paused, String actor)
      throws StoreUnavailableException, ToolConflictException {
    return change(
        id,
        actor,
        """
        UPDATE %s SET webhook_config = jsonb_set(webhook_config, '{paused}', to_jsonb(?::boolean)),
          version = version + 1, updated_at = now()
        WHERE id = ? RETURNING version
        """
            .formatted(database.table("webhook_tools")),
        paused ? "paused" : "resumed",
        statement -> {
          statement.setBoolean(1, paused);
          statement.setString(2, id);
        });
  }

  private interface Parameters {
    void set(PreparedStatement statement) throws SQLException;
  }

  private long change(String id, String actor, String sql, Parameters parameters)
      throws StoreUnavailableException, ToolConflictException {
    return change(id, actor, sql, "", parameters);
  }

  /**
   * @param what is done, for the audit row; empty for a change of any kind
   */
  private long change(String id, String actor, String sql, String what, Parameters parameters)
      throws StoreUnavailableException, ToolConflictException {
    long version;
    try {
      version =
          database.transaction(connection -> change(connection, id, actor, sql, what, parameters));
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
    if (version != 0) {
      return version;
    }
    throw new ToolConflictException(
        get(id)
            .map(
                now ->
                    "the tool '"
                        + id
                        + "' has version "
                        + now.version()
                        + " now: read it again and repeat the change on that")
            .orElse("there is no tool '" + id + "'"));
  }

  /** The new version; 0 when there is no such tool in the version that was expected. */
  private long change(
      Connection connection,
      String id,
      String actor,
      String sql,
      String what,
      Parameters parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      parameters.set(statement);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return 0;
        }
        long version = row.getLong(1);
        AdministrativeAct.write(
            connection,
            database,
            "",
            "tool_changed",
            actor,
            "tool " + id + " version " + version + (what.isEmpty() ? "" : " " + what));
        return version;
      }
    }
  }

  private StoredTool tool(ResultSet row) throws SQLException {
    String id = row.getString("id");
    ObjectNode json = JSON.createObjectNode();
    json.put("id", id);
    json.put("tool_name", row.getString("tool_name"));
    json.put("provider", row.getString("provider"));
    json.put("tenant_id", row.getString("tenant_id"));
    json.put("status", row.getString("status"));
    try {
      json.set(
          "webhook_config",
          JSON.readTree(
              secrets
                  .decrypt(EncryptionContext.ofTool(id), row.getString("webhook_config"))
                  .text()));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("jsonb of the tool '" + id + "' is not JSON", impossible);
    }
    return new StoredTool(id, json, row.getLong("version"));
  }
}
