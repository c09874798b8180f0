package dev.webhookworker.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.DeadLetter;
import dev.webhookworker.DeadLetterDetails;
import dev.webhookworker.DeadLetterGroup;
import dev.webhookworker.DeadLetterPage;
import dev.webhookworker.DeadLetterResult;
import dev.webhookworker.DeadLetters;
import dev.webhookworker.WorkerConfig;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Dead letters: looking at them, and acts on one. */
final class DeadLetterResource {

  private static final int LARGEST_PAGE = 200;
  private static final int SMALL_BODY = 8 * 1024;

  /** What lists of events show as well. */
  private static final Set<String> SHOWN_FIELDS =
      Set.of("event_id", "event_type", "repo_name", "sender_name", "timestamp");

  private final DeadLetters letters;
  private final int largestBody;

  DeadLetterResource(DeadLetters letters, WorkerConfig config) {
    this.letters = letters;
    // A payload inside JSON text: each quote and each line end needs two characters.
    largestBody =
        (int) Math.min(Integer.MAX_VALUE - 1, 2L * config.limits().maxPayloadBytes() + SMALL_BODY);
  }

  Answer list(Call call) {
    Arguments query = call.query();
    DeadLetterPage page =
        letters.list(
            query.deadLetters(), query.text("cursor"), query.number("limit", 50, 1, LARGEST_PAGE));
    ObjectNode answer = Answer.object();
    ArrayNode items = answer.putArray("items");
    page.items().forEach(letter -> items.add(summary(letter)));
    answer.put("next", page.next());
    return Answer.ok(answer);
  }

  Answer groups(Call call) {
    Arguments query = call.query();
    ObjectNode answer = Answer.object();
    ArrayNode items = answer.putArray("items");
    for (DeadLetterGroup group :
        letters.groups(query.deadLetters(), query.number("limit", 20, 1, LARGEST_PAGE))) {
      items
          .addObject()
          .put("fingerprint", group.fingerprint())
          .put("count", group.count())
          .put("first_seen", group.firstSeen().toString())
          .put("last_seen", group.lastSeen().toString())
          .set("sample", summary(group.sample()));
    }
    return Answer.ok(answer);
  }

  /** What a bulk job would have before it. */
  Answer count(Call call) {
    return Answer.ok(Answer.object().put("count", letters.count(call.query().deadLetters())));
  }

  static ObjectNode summary(DeadLetter letter) {
    return Answer.object()
        .put("id", letter.id())
        .put("event_id", letter.eventId())
        .put("event_type", letter.eventType())
        .put("tool_id", letter.toolId())
        .put("tenant_id", letter.tenantId())
        .put("status", letter.status().code())
        .put("reason", letter.reason())
        .put("error_class", letter.errorClass())
        .put("error_message", letter.errorMessage())
        .put("fingerprint", letter.fingerprint())
        .put("retryable", letter.retryable())
        .put("failures", letter.failures())
        .put("retry_count", letter.retryCount())
        .put("last_retry_at", Answer.time(letter.lastRetryAt()))
        .put("first_received_at", letter.firstReceivedAt().toString())
        .put("dead_at", letter.deadAt().toString())
        .put("worker", letter.worker());
  }

  Answer show(Call call) {
    DeadLetterDetails found = found(letters.show(call.path().get(0)));
    return Answer.ok(details(found, false));
  }

  Answer reveal(Call call) {
    DeadLetterDetails found = found(letters.reveal(call.path().get(0), call.actor()));
    return Answer.ok(details(found, true));
  }

  private static DeadLetterDetails found(Optional<DeadLetterDetails> details) {
    return details.orElseThrow(
        () ->
            ApiProblem.notFound("there is no such dead letter; it may have been processed by now"));
  }

  private static ObjectNode details(DeadLetterDetails found, boolean revealed) {
    ObjectNode answer = summary(found.deadLetter());
    answer.put("revealed", revealed);
    answer.put("payload", revealed ? found.payload() : Masking.masked(found.payload()));
    ObjectNode fields = answer.putObject("fields");
    new TreeMap<>(found.fields())
        .forEach(
            (name, value) ->
                fields.put(
                    name, revealed || SHOWN_FIELDS.contains(name) ? value : Masking.masked(value)));
    ArrayNode attempts = answer.putArray("attempts");
    found
        .attempts()
        .forEach(
            attempt ->
                attempts
                    .addObject()
                    .put("number", attempt.number())
                    .put("at", attempt.at().toString())
                    .put("error_class", attempt.errorClass())
                    .put("message", attempt.message()));
    ArrayNode retries = answer.putArray("retries");
    found
        .retries()
        .forEach(
            retry ->
                retries.addObject().put("at", retry.at().toString()).put("actor", retry.actor()));
    ArrayNode warnings = answer.putArray("warnings");
    found.warnings().forEach(warnings::add);
    return answer;
  }

  /** As it was, or with another payload. */
  Answer retry(Call call) throws IOException {
    JsonNode body = call.body(largestBody);
    @Nullable String payload = Arguments.of(body).text("payload");
    String id = call.path().get(0);
    return result(
        payload == null
            ? letters.retry(id, call.actor())
            : letters.retryEdited(
                id, payload, call.actor(), Arguments.of(body).required("reason")));
  }

  Answer discard(Call call) throws IOException {
    Arguments body = Arguments.of(call.body(SMALL_BODY));
    return result(letters.discard(call.path().get(0), call.actor(), body.required("reason")));
  }

  private static Answer result(DeadLetterResult result) {
    return switch (result) {
      case DONE -> Answer.ok(Answer.object().put("result", "done"));
      case RETRYING -> throw ApiProblem.conflict("it is being retried already; wait for its end");
      case NOT_OPEN ->
          throw ApiProblem.notFound("there is no such open dead letter; it may be over by now");
    };
  }
}
