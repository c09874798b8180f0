package dev.webhookworker.port;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The queue: a stream of first deliveries, a schedule of retries, the idempotency marks and the
 * dead letters, one verb per legal step of the delivery protocol (docs/protocol.md).
 *
 * <p>Calls may come from several threads, but {@link #read} only from one. Every call may throw
 * {@link StreamUnavailableException} and may then be repeated: each verb is idempotent or checks
 * its lease.
 */
public interface EventStream extends AutoCloseable {

  /**
   * Connects, makes the stream and the group where they are missing (from the persisted floor, else
   * from the beginning) and takes the lease on the consumer name. Called at start and again after
   * {@link StreamUnavailableException#groupMissing()}.
   */
  void open() throws StreamUnavailableException;

  /** The consumer name in use; final once {@link #open()} has returned. */
  String consumerName();

  /**
   * The key under which its workers hash bodies, the same for all of them and known to nobody else.
   * It may change while a worker runs, when the queue has lost the one it had. Thread-safe.
   */
  long hashKey();

  /** The next new entries, at most {@code max}; waits up to {@code wait} for the first. */
  List<Delivery> read(int max, Duration wait) throws StreamUnavailableException;

  /**
   * Entries that are pending under this consumer's name and that the caller does not hold: what a
   * process of the same name left when it died, or what a lost reply had brought.
   *
   * @param held entry ids that the caller knows of
   * @param crashed whether an earlier process may have been running them, so that this counts as an
   *     unsettled delivery
   */
  Recovered readOwnPending(Set<String> held, boolean crashed) throws StreamUnavailableException;

  /** Leases retries that are due, at most {@code max}; suspects are left. */
  DueRetries takeDueRetries(int max) throws StreamUnavailableException;

  /** The places at which events are parked, see {@link Settlement.Reschedule#parkedAt()}. */
  Set<String> parkedPlaces() throws StreamUnavailableException;

  /**
   * Makes parked events due that nobody runs. Each is parked no more, whatever becomes of it.
   *
   * @return how many of each, in their order
   */
  List<Integer> wakeParked(List<Waking> wakings) throws StreamUnavailableException;

  /** Takes over what others abandoned, at most {@code max}; suspects are left. */
  Recovered recover(int max) throws StreamUnavailableException;

  /**
   * Takes over one suspect, an entry that was in flight at two or more unclean ends. The caller
   * holds nothing else, so that its next end can be no other entry's fault.
   */
  List<Delivery> recoverSuspect() throws StreamUnavailableException;

  /** Claims the idempotency marks of a batch; the answers are in the order of the deliveries. */
  List<Admission> admit(List<Delivery> deliveries, List<Claim> claims)
      throws StreamUnavailableException;

  /**
   * {@link #read} without waiting and {@link #admit} together: under a backlog the queue works on
   * the one while the caller works on the other. A queue may send a read ahead, which a later call
   * brings; the caller ends with {@link #readSentAhead} before it calls another verb that reads.
   *
   * @param max most entries of a read; the first call may send two, each later one sends one
   * @param claiming called once, while the queue may be reading already; its claims are admitted
   */
  default AdmittedAndRead admitAndRead(int max, Supplier<Claimed> claiming)
      throws StreamUnavailableException {
    Claimed claimed = claiming.get();
    List<Admission> admissions = admit(claimed.deliveries(), claimed.claims());
    return new AdmittedAndRead(claimed, admissions, read(max, Duration.ZERO));
  }

  /** What {@link #admitAndRead} has sent ahead and not brought yet. */
  default List<Delivery> readSentAhead() throws StreamUnavailableException {
    return List.of();
  }

  /** Deliveries with their claims, in the same order. */
  record Claimed(List<Delivery> deliveries, List<Claim> claims) {}

  /**
   * What {@link #admitAndRead} brings.
   *
   * @param admissions in the order of {@code claimed}
   * @param next new entries, not yet admitted
   */
  record AdmittedAndRead(Claimed claimed, List<Admission> admissions, List<Delivery> next) {}

  /** Gives the mark to {@code claim} if it still has the value {@code owner}. */
  boolean takeOver(Claim claim, String owner) throws StreamUnavailableException;

  /**
   * Renews leases.
   *
   * @return those whose event another run has, or has ended. What nobody has is not among them: the
   *     caller's copy is the only one
   */
  Set<Lease> renew(Collection<Lease> leases) throws StreamUnavailableException;

  /**
   * Makes entries that were not started claimable by others at once, uncounted.
   *
   * @return those that nobody has, so that they could not be given back: the caller's copy is the
   *     only one
   */
  Set<Lease> release(Collection<Lease> leases) throws StreamUnavailableException;

  /** Carries out settlements; the results are in their order. */
  List<Settlement.Result> settle(List<Settlement> settlements) throws StreamUnavailableException;

  /** Whose turn it is at the resources of tools with an {@code order_guard}. */
  ResourceTurns turns();

  /** Since when destinations of tools fail. */
  DestinationFailures destinationFailures();

  /** The lines in which events wait for ordered destinations. */
  DestinationLines destinationLines();

  /** The open dead letters. */
  DeadLetterQueue deadLetters();

  /** What operators ask beside that; empty where this queue does not offer it. */
  default Optional<QueueUpkeep> upkeep() {
    return Optional.empty();
  }

  /** The consumers of the group, by name; empty where they can't be told. */
  default List<ConsumerState> consumers() throws StreamUnavailableException {
    return List.of();
  }

  StreamDepth depth() throws StreamUnavailableException;

  /**
   * Housekeeping: trims what every group has acknowledged, saves the floor, deletes consumers that
   * hold nothing and are gone. Cheap when another worker has just done it.
   */
  void maintain() throws StreamUnavailableException;

  /** One cheap round trip; facts about the server worth showing in health, never a secret. */
  Map<String, Object> ping() throws StreamUnavailableException;

  /** Its own pool of connections, for metrics; empty where it has none. */
  default Optional<PoolFigures> pool() {
    return Optional.empty();
  }

  /** Findings of the start-up checks: what may be lost with this server and how to change it. */
  List<String> warnings();

  /** Gives up the consumer name and closes connections that were not handed in. */
  @Override
  void close();
}
