package dev.webhookworker.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.commands.ProtocolCommand;

/** One command with its arguments as bytes. */
record Command(ProtocolCommand name, byte[][] arguments) {

  static Command of(Protocol.Command name, Object... arguments) {
    return new Command(name, all(List.of(arguments)));
  }

  /** A call of a script by its digest. */
  static Command call(Script script, List<byte[]> keys, Object... arguments) {
    return call(script, keys, List.of(arguments));
  }

  static Command call(Script script, List<byte[]> keys, Collection<?> arguments) {
    List<Object> all = new ArrayList<>(2 + keys.size() + arguments.size());
    all.add(script.sha());
    all.add(Integer.toString(keys.size()));
    all.addAll(keys);
    all.addAll(arguments);
    return new Command(Protocol.Command.EVALSHA, all(all));
  }

  private static byte[][] all(List<Object> arguments) {
    byte[][] bytes = new byte[arguments.size()][];
    for (int i = 0; i < bytes.length; i++) {
      Object argument = arguments.get(i);
      bytes[i] = argument instanceof byte[] raw ? raw : bytes(argument.toString());
    }
    return bytes;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
