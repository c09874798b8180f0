package dev.webhookworker.benchmark;

/** Something that works a stream off. */
@FunctionalInterface
interface Contender {

  /** Returns when every event is handled and acknowledged. */
  void drain(Job job, Latencies latencies) throws Exception;
}
