package dev.webhookworker.ops;

import java.util.List;

/** Every operation of the API but login, logout and the live stream; the first match counts. */
final class Routes {

  private Routes() {}

  static List<Route> of(OpsParts parts, Acts acts, Overview overview, BulkJobs jobs) {
    EventResource events = new EventResource(parts.events(), parts.deadLetters());
    DeadLetterResource letters = new DeadLetterResource(parts.deadLetters(), parts.config());
    BulkResource bulk = new BulkResource(jobs);
    ToolResource tools = new ToolResource(parts, acts);
    DestinationResource destinations = new DestinationResource(parts);
    WorkerResource worker = new WorkerResource(parts, acts);
    ConfigurationResource configuration = new ConfigurationResource(parts);
    return List.of(
        look("/overview", call -> Answer.ok(overview.now())),
        look("/events", events::search),
        look("/events/{event_id}", events::show),
        act("/events/{event_id}/reveal", events::reveal),
        look("/dead-letters", letters::list),
        look("/dead-letters/groups", letters::groups),
        look("/dead-letters/count", letters::count),
        look("/dead-letters/{id}", letters::show),
        act("/dead-letters/{id}/reveal", letters::reveal),
        act("/dead-letters/{id}/retry", letters::retry),
        act("/dead-letters/{id}/discard", letters::discard),
        look("/bulk-jobs", bulk::list),
        act("/bulk-jobs", bulk::start),
        look("/bulk-jobs/{id}", bulk::show),
        act("/bulk-jobs/{id}/cancel", bulk::cancel),
        look("/tools", tools::list),
        act("/tools/{id}/pause", tools::pause),
        act("/tools/{id}/resume", tools::resume),
        look("/destinations", destinations::list),
        act("/destinations/{tool_id}/{name}/enable", destinations::enable),
        look("/worker", worker::show),
        act("/worker/pause", worker::pause),
        act("/worker/resume", worker::resume),
        act("/worker/drain", worker::drain),
        act("/worker/log-level", worker::logLevel),
        look("/configuration", configuration::show),
        look("/openapi.json", call -> Answer.ok(PageFiles.description())));
  }

  private static Route look(String template, Route.Action action) {
    return new Route("GET", template, Role.VIEWER, action);
  }

  private static Route act(String template, Route.Action action) {
    return new Route("POST", template, Role.OPERATOR, action);
  }
}
