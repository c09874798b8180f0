package dev.webhookworker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.StoryLine;
import dev.webhookworker.pipeline.Note;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StoryForViewersTest {

  private static StoryLine line(Note note) {
    return new StoryLine(Instant.EPOCH, note.action(), 1, "one", note.text());
  }

  @Test
  void whatADestinationSaidIsForThoseWhoMayRevealThePayload() {
    StoryLine refused =
        line(new Note("forward_failed", "'crm' answered 422", "no such card: 4711; it said: no"));
    assertThat(EventResource.detail(refused, Role.OPERATOR)).contains("4711");
    assertThat(EventResource.detail(refused, Role.VIEWER))
        .isEqualTo("'crm' answered 422; it said: ***");
  }

  @Test
  void whatHappenedIsForEverybody() {
    StoryLine taken = line(new Note("forwarded", "'crm' answered 200", ""));
    assertThat(EventResource.detail(taken, Role.VIEWER)).isEqualTo("'crm' answered 200");
  }

  @Test
  void nobodyIsShownTheVersionsOfAnEditedPayload() {
    StoryLine edited =
        new StoryLine(
            Instant.EPOCH,
            "dlq_retry_edited",
            0,
            "ann",
            "{\"reason\":\"typo\",\"before\":\"4711\"}");
    assertThat(EventResource.detail(edited, Role.OPERATOR)).isEqualTo("typo");
  }
}
