/** The worker's public API, its SPIs, and the ports that stores implement. */
module dev.webhookworker.core {
  requires transitive com.fasterxml.jackson.databind;
  requires dev.failsafe.core;
  requires java.net.http;
  requires java.xml;
  requires transitive jdk.httpserver;
  requires transitive org.slf4j;
  requires static transitive org.jspecify;

  // Each touched by one class only, loaded when its feature is used.
  requires static com.dashjoin.jsonata;
  requires static com.fasterxml.jackson.dataformat.yaml;
  requires static com.networknt.schema;
  requires static org.apache.httpcomponents.client5.httpclient5;
  requires static org.apache.httpcomponents.core5.httpcore5;

  exports dev.webhookworker;
  exports dev.webhookworker.spi;
  exports dev.webhookworker.memory;
  exports dev.webhookworker.health;
  exports dev.webhookworker.ingest;
  exports dev.webhookworker.ops;
  exports dev.webhookworker.dlq to
      dev.webhookworker.redis,
      dev.webhookworker.postgres;
  exports dev.webhookworker.crypto to
      dev.webhookworker.postgres;
  exports dev.webhookworker.tool to
      dev.webhookworker.postgres;
  exports dev.webhookworker.foreign to
      dev.webhookworker.redis,
      dev.webhookworker.postgres,
      dev.webhookworker.metrics;
  exports dev.webhookworker.periodic to
      dev.webhookworker.postgres,
      dev.webhookworker.metrics;
  exports dev.webhookworker.retry to
      dev.webhookworker.redis,
      dev.webhookworker.postgres;
  exports dev.webhookworker.port to
      dev.webhookworker.redis,
      dev.webhookworker.postgres,
      dev.webhookworker.metrics;

  uses dev.webhookworker.spi.EventProcessor;
  uses dev.webhookworker.spi.EventTransformer;
  uses dev.webhookworker.spi.HealthIndicator;
  uses dev.webhookworker.spi.KeyProvider;
  uses dev.webhookworker.spi.SignatureVerifier;
  uses dev.webhookworker.spi.ToolConfigExtractor;
  uses dev.webhookworker.spi.WorkerModule;
}
