package dev.webhookworker.quickstart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.WorkerConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.resps.StreamEntry;

/**
 * What became of the entries, read from where the worker wrote it: {@code worker.webhook_events},
 * {@code worker.webhook_audit_log} and the DLQ stream.
 *
 * @param endings by entry id
 * @param rows rows of webhook_events by entry id: more than one would be an event processed twice
 * @param waitingRetries entries in the retry set
 */
record Findings(
    Map<String, Ending> endings,
    Map<String, Integer> rows,
    List<DeadLetter> deadLetters,
    long waitingRetries) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** An open dead letter. */
  record DeadLetter(
      String entryId, String eventId, String eventType, String reason, int failures, String error) {

    static DeadLetter of(StreamEntry entry) {
      Map<String, String> fields = entry.getFields();
      try {
        JsonNode why = JSON.readTree(fields.getOrDefault("dead_letter", "{}"));
        return new DeadLetter(
            why.path("entry_id").asText(),
            fields.getOrDefault("event_id", "?"),
            fields.getOrDefault("event_type", "?"),
            why.path("reason").asText(),
            why.path("failures").asInt(),
            why.path("message").asText());
      } catch (JsonProcessingException damaged) {
        throw new IllegalStateException("the DLQ entry " + entry.getID() + " is damaged", damaged);
      }
    }
  }

  /** Reads all of it anew. */
  static Findings read(Servers servers, WorkerConfig config) throws SQLException {
    Map<String, Ending> endings = new HashMap<>();
    Map<String, Integer> rows = new HashMap<>();
    try (Connection database = DriverManager.getConnection(servers.postgres().jdbcUrl())) {
      readDuplicates(database, endings);
      readProcessed(database, endings, rows);
    }
    List<DeadLetter> deadLetters = new ArrayList<>();
    long waiting;
    try (RedisClient redis = RedisClient.create("127.0.0.1", servers.redis().port())) {
      for (StreamEntry entry : redis.xrange(config.dlqName(), "-", "+")) {
        DeadLetter dead = DeadLetter.of(entry);
        deadLetters.add(dead);
        endings.put(dead.entryId(), Ending.DEAD_LETTER);
      }
      waiting = redis.zcard(config.retryName());
    }
    return new Findings(endings, rows, deadLetters, waiting);
  }

  private static void readDuplicates(Connection database, Map<String, Ending> endings)
      throws SQLException {
    String sql = "SELECT entry_id FROM worker.webhook_audit_log WHERE action = 'duplicate'";
    try (PreparedStatement select = database.prepareStatement(sql);
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        endings.put(row.getString(1), Ending.DUPLICATE);
      }
    }
  }

  private static void readProcessed(
      Connection database, Map<String, Ending> endings, Map<String, Integer> rows)
      throws SQLException {
    String sql = "SELECT entry_id, attempt FROM worker.webhook_events";
    try (PreparedStatement select = database.prepareStatement(sql);
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        endings.put(row.getString(1), row.getInt(2) > 1 ? Ending.RETRIED : Ending.PROCESSED);
        rows.merge(row.getString(1), 1, Integer::sum);
      }
    }
  }

  Ending endingOf(Published published) {
    return endings.getOrDefault(published.entryId(), Ending.OPEN);
  }

  long count(Ending ending) {
    return endings.values().stream().filter(ending::equals).count();
  }

  /** What is not as it should be, a sentence each. */
  List<String> deviations(List<Published> all) {
    List<String> deviations = new ArrayList<>();
    for (Published one : all) {
      Ending expected = one.planned().expected();
      if (endingOf(one) != expected) {
        deviations.add(one.entryId() + " should be " + expected + " and is " + endingOf(one));
      }
      if (rows.getOrDefault(one.entryId(), 0) > 1) {
        deviations.add(one.entryId() + " was stored more than once");
      }
    }
    if (endings.size() > all.size()) {
      deviations.add("there are traces of " + (endings.size() - all.size()) + " unknown entries");
    }
    return deviations;
  }
}
