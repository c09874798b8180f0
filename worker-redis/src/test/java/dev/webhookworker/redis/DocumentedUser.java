package dev.webhookworker.redis;

import dev.webhookworker.embedded.EmbeddedRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;

/** The ACL user of docs/security.md, with exactly the rights that are printed there. */
final class DocumentedUser {

  private static final String RULE = "ACL SETUSER worker ";
  private static final String NAME = "worker";
  private static final String PASSWORD = "secret";

  private DocumentedUser() {}

  /** What the documentation grants, word by word. */
  static List<String> rule() {
    Path page = Path.of("..", "docs", "security.md");
    try {
      return Files.readAllLines(page).stream()
          .filter(line -> line.startsWith(RULE))
          .map(line -> Arrays.asList(line.substring(RULE.length()).split(" ")))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException(page + " has no line '" + RULE + "...'"));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** A server that knows the user; the default user may do everything. */
  static EmbeddedRedis server(String... settings) {
    List<String> all = new ArrayList<>(List.of("--user", NAME));
    all.addAll(rule());
    all.addAll(List.of(settings));
    return EmbeddedRedis.start(all.toArray(String[]::new));
  }

  /** The server's address with the user's credentials. */
  static String addressOf(EmbeddedRedis redis) {
    return "redis://" + NAME + ":" + PASSWORD + "@" + redis.address();
  }

  /** A client as this user. */
  static RedisClient client(EmbeddedRedis redis) {
    return RedisClient.builder()
        .hostAndPort(new HostAndPort("127.0.0.1", redis.port()))
        .clientConfig(DefaultJedisClientConfig.builder().user(NAME).password(PASSWORD).build())
        .build();
  }
}
