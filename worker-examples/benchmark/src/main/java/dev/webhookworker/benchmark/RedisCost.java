package dev.webhookworker.benchmark;

import java.util.Map;
import java.util.stream.Collectors;
import redis.clients.jedis.Jedis;

/**
 * What a cell costs Redis, as its INFO counts: the difference of two looks.
 *
 * @param commands processed
 * @param bytes received and sent
 * @param cpuSeconds of the server process
 * @param memoryBytes in use; after a drained backlog that is what its marks take, less the entries
 *     that were trimmed
 */
record RedisCost(double commands, double bytes, double cpuSeconds, double memoryBytes) {

  static RedisCost now(Jedis jedis) {
    Map<String, String> info =
        jedis
            .info()
            .lines()
            .filter(line -> line.contains(":"))
            .collect(
                Collectors.toMap(
                    line -> line.substring(0, line.indexOf(':')),
                    line -> line.substring(line.indexOf(':') + 1).trim(),
                    (one, other) -> one));
    return new RedisCost(
        number(info, "total_commands_processed"),
        number(info, "total_net_input_bytes") + number(info, "total_net_output_bytes"),
        number(info, "used_cpu_user") + number(info, "used_cpu_sys"),
        number(info, "used_memory"));
  }

  private static double number(Map<String, String> info, String key) {
    return Double.parseDouble(info.getOrDefault(key, "0"));
  }

  /** The cost since then, divided by the number of events. */
  RedisCost perEventSince(RedisCost before, int events) {
    return new RedisCost(
        (commands - before.commands) / events,
        (bytes - before.bytes) / events,
        (cpuSeconds - before.cpuSeconds) / events,
        (memoryBytes - before.memoryBytes) / events);
  }
}
