package dev.webhookworker.benchmark;

import dev.webhookworker.embedded.EmbeddedRedis;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.params.SetParams;

/** What one remembered event id takes in Redis, in the form that is used and in others. */
final class RememberedIds {

  private static final int IDS = 1_000_000;
  private static final int BUCKET = 128;
  private static final long DAY_MILLIS = 86_400_000;

  private RememberedIds() {}

  private interface Form {
    void remember(Pipeline pipeline, String eventId, int number) throws Exception;
  }

  static void print() throws Exception {
    System.out.println("| form | bytes an id | 10,000,000 ids |");
    System.out.println("|---|---:|---:|");
    print(
        "key `webhook:idempotency:<event id>`, value `<entry id>:<hash>` (used)",
        (pipeline, id, number) ->
            pipeline.set(
                "webhook:idempotency:" + id,
                entryId(number) + ":" + hash(id),
                SetParams.setParams().px(DAY_MILLIS)));
    print(
        "the same with the prefix `i:` (WORKER_IDEMPOTENCY_PREFIX)",
        (pipeline, id, number) ->
            pipeline.set(
                "i:" + id, entryId(number) + ":" + hash(id), SetParams.setParams().px(DAY_MILLIS)));
    print(
        "key of 16 hashed bytes, value of 24 bytes",
        (pipeline, id, number) ->
            pipeline.set(
                Arrays.copyOf(digest(id), 16),
                binary(id, number),
                SetParams.setParams().px(DAY_MILLIS)));
    print(
        "hashes of about 128 ids, expiring as a whole; 16 hashed bytes and 24 bytes each",
        (pipeline, id, number) -> {
          byte[] digest = digest(id);
          int bucket = Math.floorMod(ByteBuffer.wrap(digest).getInt(), IDS / BUCKET);
          byte[] key = ("i:" + bucket).getBytes(StandardCharsets.US_ASCII);
          pipeline.hset(key, Arrays.copyOf(digest, 16), binary(id, number));
        });
  }

  private static void print(String name, Form form) throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start("--appendonly", "no");
        Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
      RedisCost before = RedisCost.now(jedis);
      for (int from = 0; from < IDS; from += 1000) {
        Pipeline pipeline = jedis.pipelined();
        for (int i = from; i < from + 1000; i++) {
          form.remember(pipeline, new UUID(i * 0x9E3779B97F4A7C15L, i).toString(), i);
        }
        pipeline.sync();
      }
      double each = RedisCost.now(jedis).perEventSince(before, IDS).memoryBytes();
      System.out.printf("| %s | %.0f | %.2f GiB |%n", name, each, each * 10_000_000 / (1 << 30));
    }
  }

  private static String entryId(int number) {
    return 1_795_571_234_567L + number + "-0";
  }

  private static byte[] binary(String id, int number) throws Exception {
    return ByteBuffer.allocate(24)
        .putLong(1_795_571_234_567L + number)
        .putLong(0)
        .put(digest(id), 0, 8)
        .array();
  }

  private static byte[] digest(String text) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String hash(String text) throws Exception {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest(text), 8));
  }
}
