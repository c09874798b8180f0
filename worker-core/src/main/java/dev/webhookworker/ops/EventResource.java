package dev.webhookworker.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.DeadLetter;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetters;
import dev.webhookworker.EventFilter;
import dev.webhookworker.Events;
import dev.webhookworker.StoredEvent;
import dev.webhookworker.StoredEventPage;
import dev.webhookworker.StoryLine;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.pipeline.Note;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Processed events and the story of one. */
final class EventResource {

  private static final int LARGEST_PAGE = 200;
  private static final int MOST_ROWS = 20;

  private final Events events;
  private final DeadLetters deadLetters;

  EventResource(Events events, DeadLetters deadLetters) {
    this.events = events;
    this.deadLetters = deadLetters;
  }

  Answer search(Call call) {
    Arguments query = call.query();
    StoredEventPage page =
        events.search(
            query.events(), query.text("cursor"), query.number("limit", 50, 1, LARGEST_PAGE));
    ObjectNode answer = Answer.object();
    ArrayNode items = answer.putArray("items");
    page.items().forEach(event -> items.add(summary(event)));
    answer.put("next", page.next());
    return Answer.ok(answer);
  }

  private static ObjectNode summary(StoredEvent event) {
    return Answer.object()
        .put("entry_id", event.entryId())
        .put("event_id", event.eventId())
        .put("event_type", event.eventType())
        .put("tool_id", event.toolId())
        .put("tenant_id", event.tenantId())
        .put("repo_name", event.repoName())
        .put("sender_name", event.senderName())
        .put("correlation_id", event.correlationId())
        .put("attempt", event.attempt())
        .put("received_at", event.receivedAt().toString())
        .put("processed_at", event.processedAt().toString())
        .put("worker", event.worker());
  }

  /** Also one that is not processed yet, or a dead letter. */
  Answer show(Call call) {
    String id = call.path().get(0);
    List<StoryLine> story = events.story(id);
    List<StoredEvent> stored = stored(id);
    List<DeadLetter> dead =
        deadLetters.list(DeadLetterFilter.ALL.withText(id), null, MOST_ROWS).items().stream()
            .filter(letter -> letter.eventId().equals(id))
            .toList();
    if (story.isEmpty() && stored.isEmpty() && dead.isEmpty()) {
      throw ApiProblem.notFound(
          "nothing is known of this event: it has not been taken in, or what was known is deleted");
    }
    ObjectNode answer = Answer.object();
    answer.put("event_id", id);
    ArrayNode rows = answer.putArray("stored");
    stored.forEach(
        event -> rows.add(summary(event).put("payload", Masking.masked(event.payload()))));
    ArrayNode letters = answer.putArray("dead_letters");
    dead.forEach(letter -> letters.add(DeadLetterResource.summary(letter)));
    ArrayNode lines = answer.putArray("story");
    story.forEach(
        line ->
            lines
                .addObject()
                .put("at", line.at().toString())
                .put("action", line.action())
                .put("attempt", line.attempt())
                .put("actor", line.actor())
                .put("detail", detail(line, call.principal().role())));
    return Answer.ok(answer);
  }

  private List<StoredEvent> stored(String id) {
    try {
      return events.search(EventFilter.ALL.withEventId(id), null, MOST_ROWS).items();
    } catch (UnsupportedOperationException noHistory) {
      return List.of();
    }
  }

  /**
   * An edited retry has both payloads in its line; here it says why alone. What a destination said
   * may quote the payload: for those who may reveal it.
   */
  static @Nullable String detail(StoryLine line, Role role) {
    if (!line.action().equals("dlq_retry_edited")) {
      return line.detail() == null || role.covers(Role.OPERATOR)
          ? line.detail()
          : Note.withAnswerMasked(line.detail());
    }
    try {
      return line.detail() == null
          ? null
          : Json.MAPPER.readTree(line.detail()).path("reason").asText();
    } catch (JsonProcessingException shortened) {
      return null;
    }
  }

  Answer reveal(Call call) {
    List<StoredEvent> found = events.reveal(call.path().get(0), call.actor());
    if (found.isEmpty()) {
      throw ApiProblem.notFound("no such event is stored");
    }
    ObjectNode answer = Answer.object();
    ArrayNode rows = answer.putArray("stored");
    found.forEach(
        event ->
            rows.add(
                Answer.object().put("entry_id", event.entryId()).put("payload", event.payload())));
    return Answer.ok(answer);
  }
}
