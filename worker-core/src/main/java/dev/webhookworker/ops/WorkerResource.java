package dev.webhookworker.ops;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.WorkerStats;
import dev.webhookworker.spi.LogLevels;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** This worker: pause, resume, drain, and the level of its log. Other replicas are not touched. */
final class WorkerResource {

  private static final List<String> WIRE_LOGGERS =
      List.of(
          "org.apache.hc",
          "org.postgresql",
          "org.jdbi",
          "redis.clients",
          "com.sun.net.httpserver",
          "jdk.httpclient",
          "jdk.event.security");

  private static final int BODY = 4 * 1024;
  private static final Set<String> LEVELS = Set.of("error", "warn", "info", "debug", "trace");
  private static final String OWN_LOGGER = "dev.webhookworker";

  private final OpsParts parts;
  private final Acts acts;

  // Whether the last command was to drain.
  private volatile boolean draining;

  WorkerResource(OpsParts parts, Acts acts) {
    this.parts = parts;
    this.acts = acts;
  }

  Answer show(Call call) {
    return Answer.ok(state());
  }

  private ObjectNode state() {
    WorkerStats stats = parts.engine().stats();
    boolean paused = parts.engine().isPaused();
    ObjectNode state = Answer.object();
    state.put("consumer", parts.stream().consumerName());
    state.put("scope", "this_replica");
    state.put("state", stateOf(paused, stats.held()));
    state.put("paused", paused);
    state.put("consuming", parts.engine().vitals().consuming());
    state.put("held", stats.held());
    state.put("active", stats.active());
    state.put("stuck_handlers", stats.stuckHandlers());
    LogLevels levels = parts.logLevels();
    if (levels == null) {
      state.putNull("log_levels");
    } else {
      state
          .putObject("log_levels")
          .put("ROOT", levels.level("ROOT").orElse(null))
          .put(OWN_LOGGER, levels.level(OWN_LOGGER).orElse(null));
    }
    return state;
  }

  private String stateOf(boolean paused, int held) {
    if (!paused) {
      return "running";
    }
    return !draining ? "paused" : held > 0 ? "draining" : "drained";
  }

  Answer pause(Call call) {
    draining = false;
    parts.engine().pause();
    return noted("worker_paused", call);
  }

  Answer resume(Call call) {
    draining = false;
    parts.engine().resume();
    return noted("worker_resumed", call);
  }

  /** The same as a pause, but that the state tells when nothing is held any more. */
  Answer drain(Call call) {
    draining = true;
    parts.engine().pause();
    return noted("worker_drained", call);
  }

  private Answer noted(String action, Call call) {
    boolean audited = acts.note(action, call.actor(), "by the operations page");
    return Answer.ok(state().put("audited", audited));
  }

  /** What libraries write of what goes over the wire has nobody's secrets taken out. */
  private static boolean isWireLogger(String logger) {
    return WIRE_LOGGERS.stream()
        .anyMatch(
            wire ->
                logger.equals(wire)
                    || logger.startsWith(wire + ".")
                    || wire.startsWith(logger + "."));
  }

  Answer logLevel(Call call) throws IOException {
    LogLevels levels = parts.logLevels();
    if (levels == null) {
      throw ApiProblem.of(
          501,
          "not_available",
          "the host has not said how log levels are changed; give WorkerBuilder.logLevels an"
              + " implementation");
    }
    Arguments body = Arguments.of(call.body(BODY));
    String logger = body.required("logger");
    String level = body.required("level").toLowerCase(Locale.ROOT);
    if (!LEVELS.contains(level)) {
      throw ApiProblem.badRequest("'level' must be error, warn, info, debug or trace");
    }
    if (!logger.matches("ROOT|[A-Za-z_$][A-Za-z0-9_$]*(\\.[A-Za-z0-9_$]+)*")
        || logger.length() > 200) {
      throw ApiProblem.badRequest("'logger' must be ROOT or a name such as " + OWN_LOGGER);
    }
    if (isWireLogger(logger) && !level.matches("error|warn")) {
      throw ApiProblem.badRequest(
          "'"
              + logger
              + "' writes headers, bodies or statements with their secrets; it stays at"
              + " warn");
    }
    levels.change(logger, level);
    boolean audited = acts.note("log_level_changed", call.actor(), logger + " to " + level);
    return Answer.ok(state().put("audited", audited));
  }
}
