package dev.webhookworker.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.WorkerConfig;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manifests against the Kubernetes model, read strictly, and against the worker's settings. */
class ManifestsTest {

  private static final String SECRETS = "/run/secrets/webhook-worker";
  private static final Map<String, String> LABELS =
      Map.of("app.kubernetes.io/name", "webhook-worker");

  private final Deployment deployment = Deployed.manifest("deployment.yaml", Deployment.class);
  private final PodSpec pod = deployment.getSpec().getTemplate().getSpec();
  private final Container container = pod.getContainers().get(0);

  private static Map<String, String> environment() throws IOException {
    Map<String, String> variables = new HashMap<>();
    for (String line :
        Files.readAllLines(Deployed.KUBERNETES.resolve("base").resolve("worker.env"))) {
      int equals = line.indexOf('=');
      variables.put(line.substring(0, equals), line.substring(equals + 1));
    }
    return variables;
  }

  @Test
  void aFieldThatKubernetesDoesNotKnowIsFound() {
    assertThatThrownBy(() -> Deployed.manifest("networkpolicy.yaml", PodDisruptionBudget.class))
        .hasRootCauseInstanceOf(
            com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException.class);
  }

  @Test
  void threeReplicasRunInTheResourcesOfTheDesign() {
    assertThat(deployment.getSpec().getReplicas()).isEqualTo(3);
    assertThat(container.getResources().getRequests())
        .containsEntry("memory", new Quantity("256Mi"))
        .containsEntry("cpu", new Quantity("250m"));
    assertThat(container.getResources().getLimits())
        .containsEntry("memory", new Quantity("512Mi"))
        .containsEntry("cpu", new Quantity("1"));
  }

  @Test
  void aReplicaHasLongerToEndThanItsWorkerTakes() throws IOException {
    WorkerConfig config =
        WorkerConfig.fromEnvironment(
            Map.of("WORKER_SHUTDOWN_TIMEOUT", environment().get("WORKER_SHUTDOWN_TIMEOUT")));
    assertThat(pod.getTerminationGracePeriodSeconds())
        .isGreaterThanOrEqualTo(config.shutdownTimeout().toSeconds() + 10);
  }

  @Test
  void theProbesAskTheEndpointsThatAreServedAndWaitLongerThanThoseTake() {
    assertProbe(container.getStartupProbe(), "/health/live");
    assertProbe(container.getLivenessProbe(), "/health/live");
    assertProbe(container.getReadinessProbe(), "/health/ready");
  }

  private void assertProbe(Probe probe, String path) {
    assertThat(probe.getHttpGet().getPath()).isEqualTo(path);
    assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("health");
    assertThat(container.getPorts().get(0).getName()).isEqualTo("health");
    assertThat(container.getPorts().get(0).getContainerPort()).isEqualTo(8088);
    assertThat(probe.getTimeoutSeconds()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void theContainerMayDoNothingThatItDoesNotNeed() {
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertThat(pod.getAutomountServiceAccountToken()).isFalse();
    assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
    assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(Deployed.manifest("serviceaccount.yaml", ServiceAccount.class))
        .extracting(ServiceAccount::getAutomountServiceAccountToken)
        .isEqualTo(false);
  }

  @Test
  void secretsComeFromFilesOfTheMountedSecretAndTheSettingsAreValid(@TempDir Path secrets)
      throws IOException {
    Map<String, String> environment = environment();
    assertThat(environment.keySet())
        .noneMatch(name -> name.matches(".*(PASSWORD|TOKEN|KEYS)"))
        .anyMatch(name -> name.endsWith("_FILE"));
    assertThat(container.getVolumeMounts())
        .anySatisfy(
            mount -> {
              assertThat(mount.getMountPath()).isEqualTo(SECRETS);
              assertThat(mount.getReadOnly()).isTrue();
            });
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      if (variable.getKey().endsWith("_FILE")) {
        assertThat(variable.getValue()).startsWith(SECRETS + "/");
        Path file = secrets.resolve(variable.getValue().substring(SECRETS.length() + 1));
        Files.writeString(file, "secret");
        variable.setValue(file.toString());
      }
    }
    WorkerConfig config = WorkerConfig.fromEnvironment(environment);
    assertThat(config.warnings()).isEmpty();
    assertThat(config.database()).isPresent();
  }

  @Test
  void whatSelectsTheReplicasSelectsThem() {
    assertThat(deployment.getSpec().getTemplate().getMetadata().getLabels())
        .containsAllEntriesOf(LABELS);
    assertThat(deployment.getSpec().getSelector().getMatchLabels()).isEqualTo(LABELS);
    Service service = Deployed.manifest("service.yaml", Service.class);
    assertThat(service.getSpec().getSelector()).isEqualTo(LABELS);
    PodDisruptionBudget budget =
        Deployed.manifest("poddisruptionbudget.yaml", PodDisruptionBudget.class);
    assertThat(budget.getSpec().getSelector().getMatchLabels()).isEqualTo(LABELS);
    assertThat(budget.getSpec().getMaxUnavailable().getIntVal()).isEqualTo(1);
    NetworkPolicy policy = Deployed.manifest("networkpolicy.yaml", NetworkPolicy.class);
    assertThat(policy.getSpec().getPodSelector().getMatchLabels()).isEqualTo(LABELS);
    assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress", "Egress");
    JsonNode monitor = Deployed.yaml(Path.of("kubernetes/monitoring/servicemonitor.yaml"));
    assertThat(monitor.at("/spec/selector/matchLabels/app.kubernetes.io~1name").asText())
        .isEqualTo("webhook-worker");
    assertThat(monitor.at("/spec/endpoints/0/path").asText()).isEqualTo("/metrics");
    assertThat(monitor.at("/spec/endpoints/0/port").asText())
        .isEqualTo(service.getSpec().getPorts().get(0).getName());
  }

  @Test
  void eachKustomizationNamesFilesThatAreThereAndEachFileIsNamed() {
    for (Path file : Deployed.yamlFiles(Deployed.KUBERNETES)) {
      for (JsonNode document : Deployed.documents(file)) {
        assertThat(document.path("apiVersion").asText()).as(file.toString()).isNotEmpty();
        assertThat(document.path("kind").asText()).as(file.toString()).isNotEmpty();
      }
      JsonNode kustomization = Deployed.yaml(file.resolveSibling("kustomization.yaml"));
      kustomization
          .path("resources")
          .forEach(resource -> assertThat(file.resolveSibling(resource.asText())).exists());
      if (!file.endsWith("kustomization.yaml")) {
        assertThat(kustomization.path("resources").toString())
            .contains('"' + file.getFileName().toString() + '"');
      }
    }
  }

  @Test
  void autoscalingReadsTheWorkersOwnStreamAndGroup() {
    JsonNode scaled =
        Deployed.documents(Path.of("kubernetes/keda/scaledobject.yaml")).get(1).path("spec");
    assertThat(scaled.at("/scaleTargetRef/name").asText())
        .isEqualTo(deployment.getMetadata().getName());
    assertThat(scaled.path("minReplicaCount").asInt()).isEqualTo(3);
    JsonNode metadata = scaled.at("/triggers/0/metadata");
    assertThat(metadata.path("stream").asText()).isEqualTo(WorkerConfig.defaults().streamName());
    assertThat(metadata.path("consumerGroup").asText())
        .isEqualTo(WorkerConfig.defaults().groupName());
  }

  @Test
  void theImageRunsAsNobodyInParticularAndSizesTheJvmByItsContainer() throws IOException {
    String dockerfile = Files.readString(Path.of("Dockerfile"));
    assertThat(dockerfile)
        .contains("AS build")
        .contains("USER 10001:10001")
        .contains("-XX:MaxRAMPercentage=")
        .contains("dev.webhookworker.standalone.StandaloneWorker")
        .containsPattern("(?m)^ENTRYPOINT \\[");
    assertThat(pod.getSecurityContext().getRunAsUser()).isEqualTo(10001);
  }
}
