package dev.webhookworker.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Many events for one script, divided into calls. Redis serves nobody else during a call, so it
 * gets few enough events to take a few milliseconds.
 */
final class ScriptCalls {

  private static final int MOST_EVENTS = 100;
  private static final long MOST_BYTES = 1 << 20;

  private final Script script;
  private final List<byte[]> keys;
  private final List<Object> arguments;
  private final List<Call> calls = new ArrayList<>();

  /** One call; {@code places} are the callers' numbers of its events. */
  private static final class Call {
    private final List<Integer> places = new ArrayList<>();
    private final List<byte[]> keys;
    private final List<Object> arguments;
    private long bytes;

    Call(ScriptCalls all) {
      keys = new ArrayList<>(all.keys);
      arguments = new ArrayList<>(all.arguments);
    }

    boolean isFull() {
      return places.size() >= MOST_EVENTS || bytes >= MOST_BYTES;
    }
  }

  /**
   * @param keys those that every call has
   * @param arguments likewise
   */
  ScriptCalls(Script script, List<byte[]> keys, List<Object> arguments) {
    this.script = script;
    this.keys = keys;
    this.arguments = arguments;
  }

  /** An event that has no key of its own. */
  void add(int place, List<Object> ofEvent) {
    Call call = callWithRoom();
    call.places.add(place);
    call.arguments.addAll(ofEvent);
  }

  boolean isEmpty() {
    return calls.isEmpty();
  }

  private Call callWithRoom() {
    if (calls.isEmpty() || calls.get(calls.size() - 1).isFull()) {
      calls.add(new Call(this));
    }
    return calls.get(calls.size() - 1);
  }

  /**
   * @param place the caller's number of the event
   * @param key its own key
   * @param bytes its size, about
   */
  void add(int place, byte[] key, List<Object> ofEvent, long bytes) {
    Call call = callWithRoom();
    call.places.add(place);
    call.keys.add(key);
    call.arguments.addAll(ofEvent);
    call.bytes += bytes;
  }

  void addTo(List<Command> commands) {
    for (Call call : calls) {
      commands.add(Command.call(script, call.keys, call.arguments));
    }
  }

  /** Is told of an event by its caller's number, and what the script answered. */
  interface Answered {
    void with(int place, Object answer);
  }

  /**
   * Names the events that a call answered with 0, by the replies to the commands in their order.
   */
  int refused(List<Object> replies, int from, IntConsumer place) {
    return answers(
        replies,
        from,
        (event, answer) -> {
          if (Replies.number(answer) == 0) {
            place.accept(event);
          }
        });
  }

  /**
   * Tells each event's answer.
   *
   * @return the number of the first reply that is not of these calls
   */
  int answers(List<Object> replies, int from, Answered answered) {
    int next = from;
    for (Call call : calls) {
      List<?> answers = Replies.list(replies.get(next++));
      for (int i = 0; i < call.places.size(); i++) {
        answered.with(call.places.get(i), answers.get(i));
      }
    }
    return next;
  }
}
