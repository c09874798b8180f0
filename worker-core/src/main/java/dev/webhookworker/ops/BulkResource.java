package dev.webhookworker.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.BulkRetryPlan;
import dev.webhookworker.DeadLetterFilter;
import java.io.IOException;

/** Acts on many dead letters. */
final class BulkResource {

  private static final int BODY = 16 * 1024;
  private static final int MOST = 100_000;

  private final BulkJobs jobs;

  BulkResource(BulkJobs jobs) {
    this.jobs = jobs;
  }

  Answer list(Call call) {
    ObjectNode answer = Answer.object();
    ArrayNode items = answer.putArray("items");
    jobs.list().forEach(job -> items.add(job.json()));
    return Answer.ok(answer);
  }

  Answer start(Call call) throws IOException {
    JsonNode body = call.body(BODY);
    Arguments arguments = Arguments.of(body);
    DeadLetterFilter filter = Arguments.of(body.path("filter")).deadLetters();
    int cap = arguments.number("cap", 1000, 1, MOST);
    return switch (arguments.required("action")) {
      case "retry" -> {
        BulkRetryPlan plan =
            BulkRetryPlan.CAREFUL
                .withCap(cap)
                .withPerSecond(arguments.number("per_second", 100, 1, 10_000));
        yield Answer.accepted(
            jobs.retry(
                    filter,
                    arguments.flag("canary", true) ? plan : plan.withoutCanary(),
                    call.actor())
                .json());
      }
      case "discard" ->
          Answer.accepted(
              jobs.discard(filter, cap, call.actor(), arguments.required("reason")).json());
      default -> throw ApiProblem.badRequest("'action' must be retry or discard");
    };
  }

  Answer show(Call call) {
    return Answer.ok(job(call).json());
  }

  Answer cancel(Call call) {
    BulkJob job = job(call);
    jobs.cancel(job);
    return Answer.accepted(job.json());
  }

  private BulkJob job(Call call) {
    return jobs.find(call.path().get(0))
        .orElseThrow(
            () ->
                ApiProblem.notFound(
                    "this process knows no such job; the last 20 are remembered until it ends"));
  }
}
