package dev.webhookworker.standalone.cli;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.postgres.StorageAdministration;
import dev.webhookworker.postgres.ToolRegistry.StoredTool;
import dev.webhookworker.redis.RedisModule;
import dev.webhookworker.spi.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Compares the tools that are switched off with the events that wait. */
final class DisabledTools {

  private DisabledTools() {}

  /**
   * @param before what was found so far: where a service has a problem, it is not asked again
   */
  static List<Finding> findings(WorkerConfig config, List<Finding> before) {
    if (config.database().isEmpty()
        || before.stream()
            .anyMatch(
                found ->
                    found.status() == Finding.Status.PROBLEM
                        && (found.check().equals("redis.connection")
                            || found.check().startsWith("postgres")))) {
      return List.of();
    }
    List<Finding> findings = new ArrayList<>();
    try (StorageAdministration storage = WorkerCommand.storage(config)) {
      Map<String, Integer> waiting = RedisModule.waitingByTool(config);
      for (StoredTool tool : storage.tools().list(null)) {
        int events = waiting.getOrDefault(tool.id(), 0);
        if (!tool.json().path("status").asText().equals("active") && events > 0) {
          findings.add(
              Finding.problem(
                  "tools.disabled",
                  "the tool '"
                      + tool.id()
                      + "' is disabled and "
                      + events
                      + " of its events wait;"
                      + " they will become dead letters",
                  "put the tool again with the status 'active' and retry its dead letters, or stop"
                      + " its sender"));
        }
      }
    } catch (StoreUnavailableException | StreamUnavailableException away) {
      findings.add(Finding.warning("tools.disabled", String.valueOf(away.getMessage()), ""));
    }
    return findings;
  }
}
