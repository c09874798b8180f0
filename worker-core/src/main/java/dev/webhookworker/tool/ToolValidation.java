package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.ToolSettings;
import dev.webhookworker.forward.DestinationReader;
import dev.webhookworker.ingest.AddressBlock;
import dev.webhookworker.signature.AuthenticationReader;
import dev.webhookworker.signature.SignatureVerifiers;
import dev.webhookworker.spi.EventTransformer;
import dev.webhookworker.spi.SignatureVerifier;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.transform.CloudEventsTransformer;
import dev.webhookworker.transform.JsonataTransformer;
import dev.webhookworker.transform.RuleTransformer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Finds everything that is wrong with a tool: its form (docs/tools.md), its authentication, its
 * address list and its transformation rules. Thread-safe.
 */
public final class ToolValidation {

  private final AuthenticationReader authentications;
  private final ToolPlans plans;

  public ToolValidation(SignatureVerifiers verifiers, ToolPlans plans) {
    authentications = new AuthenticationReader(verifiers);
    this.plans = plans;
  }

  /** By the worker's own signature schemes and transformers and those of META-INF/services. */
  public static ToolValidation ofDiscovered() {
    List<SignatureVerifier> verifiers = new ArrayList<>();
    ServiceLoader.load(SignatureVerifier.class).forEach(verifiers::add);
    List<EventTransformer> transformers = new ArrayList<>();
    ServiceLoader.load(EventTransformer.class).forEach(transformers::add);
    return new ToolValidation(
        SignatureVerifiers.with(verifiers),
        new ToolPlans(withOwn(transformers), new PayloadSchemas(ToolSettings.DEFAULTS)));
  }

  /** These transformers and the worker's own, in the order in which they are asked. */
  public static List<EventTransformer> withOwn(List<EventTransformer> further) {
    List<EventTransformer> all = new ArrayList<>(further);
    all.add(new CloudEventsTransformer());
    all.add(new JsonataTransformer());
    all.add(new RuleTransformer());
    all.sort(Comparator.comparingInt(EventTransformer::order));
    return all;
  }

  /** What is wrong, a sentence each that names the tool and the place; never a secret. */
  public List<String> problems(JsonNode tool) {
    List<String> problems = new ArrayList<>();
    var unused = read(tool, problems);
    return List.copyOf(problems);
  }

  /** The tool; of no use when something was added to the problems. */
  ToolConfig read(JsonNode json, List<String> problems) {
    int before = problems.size();
    ToolConfig tool = ToolConfigs.read(json, problems);
    if (problems.size() == before) {
      checkUse(tool, problems);
      problems.addAll(DestinationReader.problems(tool.destinations()));
      problems.addAll(plans.problems(tool));
    }
    return tool;
  }

  /** Both are read again at each request; here it is only told whether that will work. */
  private void checkUse(ToolConfig tool, List<String> problems) {
    try {
      var unused = authentications.read(tool);
      JsonNode webhook = tool.webhookConfig();
      if (webhook != null) {
        JsonNode allowed = webhook.path("ip_whitelist");
        if (allowed.isArray() && allowed.isEmpty()) {
          throw new IllegalArgumentException(
              "its ip_whitelist is empty: name the blocks that may send, or leave it out to let"
                  + " everybody send");
        }
        allowed.forEach(block -> AddressBlock.parse(block.asText()));
      }
    } catch (IllegalArgumentException unusable) {
      problems.add("tool '" + tool.id() + "': " + unusable.getMessage());
    }
  }
}
