package dev.webhookworker.config;

import dev.webhookworker.IngestSettings;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.ingest.AddressBlock;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The variables of the ingest endpoint and of the tools file. */
final class IngestSettingsReader {

  private final Environment environment;
  private IngestSettings settings = IngestSettings.DEFAULTS;

  IngestSettingsReader(Environment environment) {
    this.environment = environment;
  }

  void read(WorkerConfig.Builder config) {
    environment.read("WORKER_TOOLS_FILE", Path::of, config::toolsFile);
    environment.read(
        "INGEST_ENDPOINT",
        WorkerConfigReader::endpoint,
        v -> settings = settings.withEndpoint(v.orElse(null)));
    environment.read(
        "INGEST_TRUSTED_PROXIES",
        IngestSettingsReader::blocks,
        v -> settings = settings.withTrustedProxies(v));
    environment.read(
        "INGEST_CLIENT_RATE", Environment::integer, v -> settings = settings.withClientRate(v));
    environment.read(
        "INGEST_ENDPOINT_RATE", Environment::integer, v -> settings = settings.withEndpointRate(v));
    environment.read(
        "INGEST_MAX_DEPTH", Environment::integer, v -> settings = settings.withMaxDepth(v));
    config.ingest(settings);
  }

  private static List<String> blocks(String text) {
    List<String> blocks =
        Arrays.stream(text.split(",", -1))
            .map(String::trim)
            .filter(block -> !block.isEmpty())
            .toList();
    blocks.forEach(AddressBlock::parse);
    return blocks;
  }
}
