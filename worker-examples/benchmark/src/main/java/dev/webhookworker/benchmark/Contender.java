package dev.webhookworker.benchmark;

/** Something that works a stream off. */
@FunctionalInterface
interface Contender {

  /** What has to be done first and is not measured. */
  default void prepare(Job job) throws Exception {}

  /** Returns when every event is handled and acknowledged. */
  void drain(Job job, Latencies latencies) throws Exception;
}
