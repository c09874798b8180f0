package dev.webhookworker.quickstart;

import dev.webhookworker.OutgoingEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A kind of event with a payload as its provider sends it, {@code {{n}}} and others filled in. */
record Sample(Provider provider, String eventType, String repository, String sender, String body) {

  /** The kinds that simply succeed. */
  static List<Sample> ordinary() {
    return List.of(
        of(Provider.GITHUB, "push", "acme/shop", "ada", "github-push"),
        of(Provider.GITHUB, "issues.opened", "acme/shop", "grace", "github-issues-opened"),
        of(
            Provider.GITHUB,
            "pull_request.closed",
            "acme/shop",
            "ada",
            "github-pull-request-closed"),
        of(
            Provider.GITHUB,
            "workflow_run.completed",
            "acme/shop",
            "github-actions[bot]",
            "github-workflow-run-completed"),
        of(Provider.GITLAB, "push", "acme/warehouse", "linus", "gitlab-push"),
        of(Provider.GITLAB, "merge_request", "acme/warehouse", "linus", "gitlab-merge-request"),
        of(Provider.GITLAB, "pipeline", "acme/warehouse", "linus", "gitlab-pipeline"),
        of(Provider.STRIPE, "invoice.paid", "", "", "stripe-invoice-paid"),
        of(Provider.STRIPE, "charge.failed", "", "", "stripe-charge-failed"),
        of(Provider.SLACK, "message", "", "U2GRACE", "slack-message"),
        of(Provider.SLACK, "app_mention", "", "U1ADA", "slack-app-mention"));
  }

  /** A deployment whose service is down for some attempts. */
  static Sample deployment(int failingAttempts) {
    Sample sample =
        of(Provider.DEPLOYER, "deployment.requested", "acme/shop", "ada", "deploy-requested");
    return sample.withBody(sample.body.replace("{{fails}}", Integer.toString(failingAttempts)));
  }

  /** A body that was cut off on its way: no JSON. */
  Sample cutOff() {
    return withBody(body.substring(0, body.length() / 2));
  }

  private Sample withBody(String changed) {
    return new Sample(provider, eventType, repository, sender, changed);
  }

  private static Sample of(
      Provider provider, String eventType, String repository, String sender, String file) {
    return new Sample(provider, eventType, repository, sender, read("/samples/" + file + ".json"));
  }

  private static String read(String resource) {
    try (@Nullable InputStream in = Sample.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + resource + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  OutgoingEvent event(int number, Instant time) {
    String id = provider.eventId(number);
    String payload =
        body.replace("{{n}}", Integer.toString(number))
            .replace("{{id}}", id)
            .replace("{{time}}", time.toString());
    return OutgoingEvent.of(id, eventType, payload)
        .withRepoName(repository)
        .withSenderName(sender)
        .withAuthContext("{\"tenant_id\":\"acme\",\"principal_type\":\"webhook\"}")
        .withTimestamp(time)
        .withMetadata("{\"tool_id\":\"" + provider.toolId() + "\"}");
  }
}
