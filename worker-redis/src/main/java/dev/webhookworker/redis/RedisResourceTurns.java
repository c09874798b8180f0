package dev.webhookworker.redis;

import dev.webhookworker.port.ResourceTurns;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.List;

/**
 * Whose turn it is at resources: one hash for each, with a TTL, changed by scripts. Thread-safe.
 */
final class RedisResourceTurns implements ResourceTurns {

  private final RedisConnections redis;
  private final RedisKeys keys;

  RedisResourceTurns(RedisConnections redis, RedisKeys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  @Override
  public Answer take(Turn turn, Duration lease) throws StreamUnavailableException {
    Object reply =
        redis.run(
            Command.call(
                Script.TAKE_TURN,
                List.of(keys.turn(turn.resource().resource())),
                turn.resource().version(),
                turn.entryId(),
                turn.fencingToken(),
                lease.toMillis()));
    return switch (Replies.text(reply)) {
      case "taken" -> Answer.TAKEN;
      case "stale" -> Answer.STALE;
      default -> Answer.BUSY;
    };
  }

  @Override
  public void done(Turn turn) throws StreamUnavailableException {
    end("done", turn, turn.resource().kept());
  }

  @Override
  public void putOff(Turn turn, Duration longest) throws StreamUnavailableException {
    end("put_off", turn, longest);
  }

  @Override
  public void giveUp(Turn turn) throws StreamUnavailableException {
    end("given_up", turn, Duration.ZERO);
  }

  private void end(String how, Turn turn, Duration time) throws StreamUnavailableException {
    Object unused =
        redis.run(
            Command.call(
                Script.END_TURN,
                List.of(keys.turn(turn.resource().resource())),
                how,
                turn.resource().version(),
                turn.entryId(),
                turn.fencingToken(),
                time.toMillis()));
  }
}
