package dev.webhookworker.forward;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.WebhookEvent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DestinationReaderTest {

  private static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text.replace('\'', '"'));
  }

  @Test
  void everyFieldIsRead() throws Exception {
    List<Destination> read =
        DestinationReader.read(
            json(
                """
                [{'name': 'crm', 'url': 'https://crm.example.com/hooks',
                  'event_types': ['issues.*'],
                  'filter': {'source': '/action', 'equals': 'opened'},
                  'headers': {'Authorization': 'Bearer abcdef'},
                  'secrets': ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], 'signature': 'v1',
                  'timeout': '2s', 'max_concurrent': 3}]
                """));
    Destination crm = read.get(0);
    assertThat(crm.timeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(crm.maxConcurrent()).isEqualTo(3);
    assertThat(crm.headers().get("Authorization").reveal()).isEqualTo("Bearer abcdef");
    assertThat(crm.takes(WebhookEvent.of("1", "issues.new", "{\"action\":\"opened\"}"))).isTrue();
    assertThat(crm.takes(WebhookEvent.of("1", "issues.new", "{\"action\":\"closed\"}"))).isFalse();
    assertThat(crm.takes(WebhookEvent.of("1", "push", "{\"action\":\"opened\"}"))).isFalse();
    assertThat(crm.toString()).doesNotContain("hooks", "abcdef", "MfKQ");
  }

  @Test
  void everythingThatIsWrongIsSaidTogetherAndShowsNoSecret() throws Exception {
    List<String> problems =
        DestinationReader.problems(
            json(
                """
                [{'name': 'a b', 'url': 'ftp://u:hunter2@x/', 'secret': 'whsec_hunter2',
                  'timeout': '1h', 'max_concurrent': 0, 'ordered': 'yes', 'colour': 1,
                  'headers': {'Host': 'x', 'webhook-id': 'x', 'X-A': 'a\\r\\nX-B: hunter2'},
                  'filter': {'source': '/a'}, 'mtls': {'certificate': 'hunter2'}},
                 {'name': 'x', 'url': 'https://example.com', 'signature': 'v1a',
                  'secret': 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'},
                 {'name': 'x', 'url': 'https://example.com', 'signature': 'v1',
                  'ordered': true, 'max_concurrent': 2},
                 {'name': 'y', 'url': 'https://example.com',
                  'mtls': {'certificate': 'hunter2', 'private_key': 'hunter2'}}]
                """));
    assertThat(String.join("\n", problems))
        .contains(
            "[0].name",
            "[0].url",
            "[0].secret",
            "[0].timeout",
            "[0].max_concurrent",
            "[0].ordered",
            "unknown field",
            "[0].headers.Host",
            "[0].headers.webhook-id",
            "[0].headers.X-A",
            "[0].filter",
            "[0].mtls",
            "[1].signature",
            "[2].signature",
            "[2].max_concurrent: an ordered destination",
            "[2].name",
            "[3].mtls")
        .doesNotContain("hunter2", "MfKQ");
  }
}
