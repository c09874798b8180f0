package dev.webhookworker;

import dev.webhookworker.spi.EventProcessor;
import dev.webhookworker.spi.EventTransformer;
import dev.webhookworker.spi.HealthIndicator;
import dev.webhookworker.spi.SignatureVerifier;
import dev.webhookworker.spi.ToolConfigExtractor;
import dev.webhookworker.spi.WorkerModule;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code META-INF/services} offers, each with a log line that names its jar. */
record Discovery(
    List<EventProcessor> processors,
    List<ToolConfigExtractor> extractors,
    List<EventTransformer> transformers,
    List<SignatureVerifier> verifiers,
    List<HealthIndicator> indicators,
    List<WorkerModule> modules) {

  private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);

  static final Discovery NOTHING =
      new Discovery(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

  static Discovery search() {
    return new Discovery(
        found(EventProcessor.class, ServiceLoader.load(EventProcessor.class)),
        found(ToolConfigExtractor.class, ServiceLoader.load(ToolConfigExtractor.class)),
        found(EventTransformer.class, ServiceLoader.load(EventTransformer.class)),
        found(SignatureVerifier.class, ServiceLoader.load(SignatureVerifier.class)),
        found(HealthIndicator.class, ServiceLoader.load(HealthIndicator.class)),
        found(WorkerModule.class, ServiceLoader.load(WorkerModule.class)));
  }

  private static <T> List<T> found(Class<T> service, ServiceLoader<T> loader) {
    List<T> all = new ArrayList<>();
    try {
      loader.forEach(all::add);
    } catch (ServiceConfigurationError broken) {
      throw new ConfigurationException(
          List.of(
              "META-INF/services/"
                  + service.getName()
                  + " names a class that can't be used: "
                  + broken.getMessage()
                  + "; it must be public, implement the interface and have a public constructor"
                  + " without parameters"));
    }
    all.sort(Comparator.comparing(one -> one.getClass().getName()));
    for (T one : all) {
      CodeSource source = one.getClass().getProtectionDomain().getCodeSource();
      LOG.atInfo()
          .addKeyValue("service", service.getSimpleName())
          .addKeyValue("class", one.getClass().getName())
          .addKeyValue("from", source == null ? "unknown" : source.getLocation())
          .log("Found");
    }
    return all;
  }
}
