package dev.webhookworker.redis;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.DestinationFailures;
import dev.webhookworker.port.JoinedName;
import java.util.List;

/** The keys of one group, as bytes. */
record RedisKeys(
    byte[] stream,
    byte[] group,
    byte[] retry,
    byte[] retryData,
    byte[] dlq,
    byte[] deadLetters,
    byte[] meta,
    String idempotencyPrefix) {

  static RedisKeys of(WorkerConfig config) {
    return new RedisKeys(
        Command.bytes(config.streamName()),
        Command.bytes(config.groupName()),
        Command.bytes(config.retryName()),
        Command.bytes(config.retryDataName()),
        Command.bytes(config.dlqName()),
        Command.bytes(config.deadLetterIndexName()),
        Command.bytes(config.metaName()),
        config.idempotencyPrefix());
  }

  byte[] mark(String eventId) {
    return Command.bytes(idempotencyPrefix + eventId);
  }

  byte[] consumerLease(String consumer) {
    return Command.bytes(Replies.text(stream) + ":consumer:" + consumer);
  }

  byte[] turn(String resource) {
    return Command.bytes(Replies.text(stream) + ":turn:" + resource);
  }

  byte[] destination(DestinationFailures.Name name) {
    return Command.bytes(
        Replies.text(stream) + ":destination:" + JoinedName.of(name.toolId(), name.destination()));
  }

  /** The line of a destination, those in it who sleep, and those who left it lately. */
  List<byte[]> line(DestinationFailures.Name name) {
    String line =
        Replies.text(stream) + ":line:" + JoinedName.of(name.toolId(), name.destination());
    return List.of(
        Command.bytes(line), Command.bytes(line + ":asleep"), Command.bytes(line + ":left"));
  }

  byte[] role(String name) {
    return Command.bytes(Replies.text(stream) + ":" + name);
  }

  byte[] deadLetterAudit() {
    return Command.bytes(Replies.text(dlq) + "_audit");
  }

  byte[] deadLetterEdits() {
    return Command.bytes(Replies.text(dlq) + "_edits");
  }

  byte[] maintenanceLock() {
    return Command.bytes(Replies.text(stream) + ":maintenance");
  }

  byte[] recoveryLock() {
    return Command.bytes(Replies.text(stream) + ":recovery");
  }

  /** Evidence of take-overs: {@code <entry id>/<fencing token of the successor>}. */
  byte[] taken() {
    return Command.bytes(Replies.text(stream) + ":taken");
  }

  /** What a process of that name leased last of the retries. */
  byte[] leased(String consumer) {
    return Command.bytes(Replies.text(stream) + ":leased:" + consumer);
  }

  /** Places with parked events; the index of a place has its name after it. */
  byte[] parked() {
    return Command.bytes(Replies.text(retry) + "_parked");
  }

  /** Entries whose dead letters were discarded. */
  byte[] discarded() {
    return Command.bytes(Replies.text(dlq) + "_discarded");
  }

  /** What the scripts that ask who holds an entry look at (holder.lua). */
  List<byte[]> holders() {
    return List.of(stream, retry, retryData, meta, deadLetters, taken());
  }

  /** The key of an event without an id: a script has one for each event and leaves this alone. */
  byte[] noMark() {
    return stream;
  }
}
