package dev.webhookworker.standalone;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;

/** What people send who mean no good, of every kind that was tried or is known of others. */
final class HostileInputs {

  static final String KEY =
      Base64.getEncoder().encodeToString("0123456789abcdef0123456789abcdef".getBytes(UTF_8));

  static final String SCHEMA =
      """
      {"type": "object",
       "properties": {
         "name": {"type": "string", "pattern": "^(a+)+$", "format": "email"},
         "amount": {"multipleOf": 0.01, "maximum": 1000000},
         "status": {"enum": [1, 2, 3]},
         "list": {"type": "array", "uniqueItems": true, "maxItems": 100000}}}
      """;

  /** With a place for the address of the schema. */
  static final String TOOLS =
      """
      [{"id": "checked", "webhook_config": {"endpoint_path": "/checked", "auth_type": "none",
          "events": [{"schema_url": "%s"}]}},
       {"id": "transformed", "webhook_config": {"endpoint_path": "/transformed",
          "auth_type": "none", "default_processing_mode": "transform_and_store",
          "events": [{"transform_rules": {"$jsonata":
             "{'n': $sum([1..a]), 'p': $pad('x', a), 'f': $formatNumber(a, '#,##0.00')}"}}]}},
       {"id": "mapped", "webhook_config": {"endpoint_path": "/mapped", "auth_type": "none",
          "default_processing_mode": "transform_and_store",
          "events": [{"transform_rules": {"all": {"type": "array", "source": "list",
             "each": {"type": "template", "template": "{{.}}{{.}}{{$/name}}"}},
             "n": {"type": "convert", "source": "status", "to": "integer"}}}]}},
       {"id": "signed", "provider": "github", "webhook_config": {"endpoint_path": "/signed",
          "auth_type": "signature", "auth_config": {"secret": "a-secret-of-some-length"},
          "encrypt_fields": ["/card", "/items/*/card"]}},
       {"id": "formed", "webhook_config": {"endpoint_path": "/formed", "auth_type": "none",
          "payload_format": "form"}},
       {"id": "marked", "webhook_config": {"payload_format": "xml"}},
       {"id": "guarded", "webhook_config": {"endpoint_path": "/guarded", "auth_type": "none",
          "order_guard": {"resource": "/id", "version": "/v"},
          "rate_limit": {"events": 1000}, "max_concurrent": 4}}]
      """;

  private static final List<String> TOOL_IDS =
      List.of("checked", "transformed", "mapped", "signed", "formed", "marked", "guarded");

  private static final List<String> PATHS =
      List.of(
          "/checked", "/transformed", "/mapped", "/signed", "/formed", "/guarded", "/nowhere", "/");

  private static final List<String> CONTENT_TYPES =
      List.of(
          "application/json",
          "application/x-www-form-urlencoded",
          "application/xml",
          "text/plain; charset=utf-7",
          "application/json; charset=\"",
          "multipart/form-data; boundary=x");

  /** An entry of the stream; {@code metadata} is null where it has none. */
  record Entry(byte[] payload, byte[] metadata) {

    /** The client wants a map of them; it never looks one up. */
    IdentityHashMap<byte[], byte[]> fields(String eventId) {
      IdentityHashMap<byte[], byte[]> fields = new IdentityHashMap<>();
      fields.put("event_id".getBytes(UTF_8), eventId.getBytes(UTF_8));
      fields.put("event_type".getBytes(UTF_8), "push".getBytes(UTF_8));
      fields.put("payload".getBytes(UTF_8), payload);
      if (metadata != null) {
        fields.put("metadata".getBytes(UTF_8), metadata);
      }
      return fields;
    }
  }

  private HostileInputs() {}

  static List<byte[]> bodies() {
    List<String> texts = new ArrayList<>();
    for (String number :
        List.of("1e1000000000", "1e99999999999", "-1e-999999999", "9".repeat(900), "1e308")) {
      texts.add("{\"status\":" + number + ",\"amount\":" + number + ",\"a\":" + number + "}");
      texts.add("{\"id\":" + number + ",\"v\":" + number + "}");
    }
    texts.add("{\"a\":999999999}");
    texts.add("{\"name\":\"" + "a".repeat(5_000) + "!\"}");
    texts.add("{\"name\":\"" + "a".repeat(40) + "!\"}");
    texts.add("[".repeat(100_000));
    texts.add("{\"a\":".repeat(500) + "1" + "}".repeat(500));
    texts.add("{\"list\":[" + "[1],".repeat(20_000) + "1]}");
    texts.add("{\"card\":\"v1:k1:AAAA\",\"items\":[{\"card\":null},{\"card\":{\"x\":[]}}]}");
    texts.add("{\"a\":1,\"a\":2,\"secret\":{\"deep\":[1,2,3]}}");
    texts.add("{\"s\":\"\\ud800\",\"t\":\"\\u0000\"}");
    texts.add("\uFEFF{\"a\":1}");
    texts.add("{\"a\":\"" + "x".repeat(900_000) + "\"}");
    texts.add("");
    texts.add(" ");
    texts.add("payload=%7B%22a%22%3A1%7D&payload=2&%zz=%");
    texts.add("a=1&".repeat(20_000));
    texts.add("<!DOCTYPE a [<!ENTITY b \"" + "x".repeat(100) + "\">]><a>&b;&b;</a>");
    texts.add("<a>".repeat(50_000));
    texts.add("<a " + "b='1' ".repeat(10_000) + "/>");
    List<byte[]> bodies = new ArrayList<>();
    texts.forEach(text -> bodies.add(text.getBytes(UTF_8)));
    bodies.add("{\"a\":\"\u00ff\u00fe\"}".getBytes(ISO_8859_1));
    bodies.add(new byte[1000]);
    return bodies;
  }

  static List<Entry> entries(Random random) {
    List<Entry> entries = new ArrayList<>();
    for (byte[] body : bodies()) {
      entries.add(new Entry(body, null));
      for (String tool : TOOL_IDS) {
        entries.add(new Entry(body, ("{\"tool_id\":\"" + tool + "\"}").getBytes(UTF_8)));
      }
      String inline = "inline-" + random.nextInt();
      entries.add(
          new Entry(
              body,
              ("{\"tool_config\":{\"id\":\""
                      + inline
                      + "\",\"webhook_config\":{\"events\":[{\"transform_rules\":"
                      + "{\"$jsonata\":\"$reduce([1..1000000], function($a,$b){$a&$b})\"}}],"
                      + "\"default_processing_mode\":\"transform_and_store\"}}}")
                  .getBytes(UTF_8)));
    }
    entries.add(new Entry("{}".getBytes(UTF_8), "{\"tool_id\":\"a:b\\u0000\"}".getBytes(UTF_8)));
    entries.add(new Entry("{}".getBytes(UTF_8), "[".repeat(10_000).getBytes(UTF_8)));
    entries.add(new Entry("{}".getBytes(UTF_8), "{\"tool_config\":7}".getBytes(UTF_8)));
    return entries;
  }

  static HttpRequest request(String address, Random random) {
    List<byte[]> bodies = Bodies.ALL;
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://" + address + PATHS.get(random.nextInt(PATHS.size()))))
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", CONTENT_TYPES.get(random.nextInt(CONTENT_TYPES.size())))
            .header("X-GitHub-Event", random.nextBoolean() ? "push" : "x".repeat(3_000))
            .header("X-Hub-Signature-256", "sha256=" + Long.toHexString(random.nextLong()))
            .POST(
                HttpRequest.BodyPublishers.ofByteArray(bodies.get(random.nextInt(bodies.size()))));
    if (random.nextInt(4) == 0) {
      request.header("Content-Encoding", random.nextBoolean() ? "gzip" : "gzip, gzip, br");
    }
    return request.build();
  }

  private static final class Bodies {
    static final List<byte[]> ALL = bodies();
  }
}
