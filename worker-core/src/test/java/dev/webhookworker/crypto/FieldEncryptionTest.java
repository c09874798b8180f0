package dev.webhookworker.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.EncryptionSettings;
import dev.webhookworker.Secret;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.memory.InMemoryDeadLetter;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.port.EncryptionContext;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.tool.ToolConfigs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldEncryptionTest {

  private static final String JSON =
      "{ \"id\" : 1.50, \"customer\":{\"email\" :  \"a\\u0040b.org\",\"tags\":[ 1, {\"x\":\"y\"} ]},\"n\":-1e5,"
          + "\"items\":[{\"card\":4111111111111111,\"qty\":1},{\"card\":null, \"qty\":2}], \"id\":2}";

  private static final EncryptionContext ONE = EncryptionContext.ofEvent("acme", "1-0", "1");

  /** An event whose publisher has chosen its id. */
  private static final EncryptionContext COPIED_TO =
      EncryptionContext.ofEvent(null, "1-0", "tool:shop");

  private static EncryptionSettings settings(List<String> fields, String... keyIds) {
    Map<String, Secret> keys = new LinkedHashMap<>();
    for (String id : keyIds) {
      byte[] key = new byte[32];
      Arrays.fill(key, (byte) id.hashCode());
      keys.put(id, Secret.of(Base64.getEncoder().encodeToString(key)));
    }
    return new EncryptionSettings(fields, keys);
  }

  private static FieldEncryption with(String field, String... keyIds) {
    return new FieldEncryption(settings(List.of(field), keyIds));
  }

  @ParameterizedTest
  @CsvSource({
    "/customer/email, a\\u0040b.org",
    "/customer, a\\u0040b.org",
    "/customer/tags, \"y\"",
    "/customer/tags/1/x, \"y\"",
    "/items/*/card, 4111111111111111",
    "/items, 4111111111111111",
    "/n, -1e5",
    "/id, 1.50"
  })
  void onlyTheFieldChangesAndComesBackAsItWas(String field, String secret) {
    FieldEncryption encryption = with(field, "k1");
    String encrypted = encryption.encrypt(ONE, null, JSON);
    assertThat(encrypted).doesNotContain(secret).contains("enc:v2:k1:");
    if (!field.equals("/id")) {
      assertThat(encrypted).startsWith("{ \"id\" : 1.50,").endsWith(", \"id\":2}");
    }
    assertThat(encryption.decrypt(ONE, encrypted).text()).isEqualTo(JSON);
    assertThat(FieldEncryption.masked(encrypted)).contains("\"***\"").doesNotContain("enc:v");
  }

  @Test
  void aLongTextWithAnythingInItComesBackAsItWas() {
    FieldEncryption encryption = with("/b", "k1");
    String json =
        "{\"a\":\"" + "\uD83D\uDE00é".repeat(20_000) + "\",\"b\":\"\\ud800 lone\",\"c\":[1 , 2]}";
    String encrypted = encryption.encrypt(ONE, null, json);
    assertThat(encrypted).doesNotContain("lone");
    assertThat(encryption.decrypt(ONE, encrypted))
        .isEqualTo(new FieldEncryption.Decrypted(json, List.of()));
  }

  @ParameterizedTest
  @ValueSource(ints = {50, 9_000, 100_000})
  void howDeepATextIsNestedChangesNothing(int depth) {
    FieldEncryption encryption = with("/a/*/card", "k1");
    for (String text :
        List.of(
            "[".repeat(depth) + "]".repeat(depth),
            "[".repeat(depth),
            "{\"a\":".repeat(depth) + "[{\"card\":\"4711\"}]" + "}".repeat(depth),
            "{\"b\":" + "[".repeat(depth) + "]".repeat(depth) + ",\"a\":[{\"card\":\"4711\"}]}")) {
      String encrypted = encryption.encrypt(ONE, null, text);
      assertThat(encrypted.contains("4711"))
          .isEqualTo(depth < 100_000 && text.startsWith("{\"a\""));
      assertThat(encryption.decrypt(ONE, encrypted).text()).isEqualTo(text);
    }
  }

  @Test
  void textWithoutTheFieldIsTheSame() {
    assertThat(with("/absent", "k1").encrypt(ONE, null, JSON)).isSameAs(JSON);
  }

  @Test
  void aValueOfAnotherEventOrFieldDoesNotOpen() {
    FieldEncryption encryption = with("/a", "k1");
    String encrypted = encryption.encrypt(ONE, null, "{\"a\":\"secret\"}");
    assertThat(
            encryption
                .decrypt(EncryptionContext.ofEvent("acme", "1-0", "2"), encrypted)
                .problems()
                .get(0))
        .contains("/a")
        .contains("'k1'")
        .doesNotContain("secret");
    assertThat(encryption.decrypt(ONE, encrypted.replace("\"a\"", "\"b\"")).problems()).hasSize(1);
  }

  @Test
  void aValueOfAnotherTableTenantOrEntryDoesNotOpen() {
    FieldEncryption encryption = with("/a", "k1");
    String encrypted = encryption.encrypt(ONE, null, "{\"a\":\"secret\"}");
    for (EncryptionContext other :
        List.of(
            EncryptionContext.ofDeadLetter("acme", "1-0", "1"),
            EncryptionContext.ofEvent("other", "1-0", "1"),
            EncryptionContext.ofEvent(null, "1-0", "1"),
            EncryptionContext.ofEvent("acme", "1-1", "1"),
            new EncryptionContext("webhook_events", "acme1", "-0", "1"),
            EncryptionContext.ofTool("1"))) {
      FieldEncryption.Decrypted read = encryption.decrypt(other, encrypted);
      assertThat(read.problems()).as("%s", other).hasSize(1);
      assertThat(read.text()).isEqualTo(encrypted);
    }
  }

  @Test
  void aValueOfTheFirstVersionOpensAndIsRotatedToTheSecond() throws Exception {
    String first = "{\"a\":\"" + firstVersion("1\0/a", "\"x\"") + "\"}";
    FieldEncryption encryption = with("/a", "k1");
    assertThat(encryption.decrypt(ONE, first).text()).isEqualTo("{\"a\":\"x\"}");
    assertThat(FieldEncryption.masked(first)).isEqualTo("{\"a\":\"***\"}");
    String rotated = encryption.rotate(ONE, first).text();
    assertThat(rotated).contains("enc:v2:k1:").doesNotContain("enc:v1:");
    assertThat(encryption.decrypt(ONE, rotated).text()).isEqualTo("{\"a\":\"x\"}");
  }

  private static String firstVersion(String bound, String plain) throws Exception {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) "k1".hashCode());
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(key, "AES"),
        new GCMParameterSpec(128, new byte[12]));
    cipher.updateAAD(bound.getBytes(StandardCharsets.UTF_8));
    byte[] encrypted = cipher.doFinal(plain.getBytes(StandardCharsets.UTF_8));
    byte[] all = new byte[12 + encrypted.length];
    System.arraycopy(encrypted, 0, all, 12, encrypted.length);
    return "enc:v1:k1:" + Base64.getEncoder().withoutPadding().encodeToString(all);
  }

  @Test
  void aMissingKeyIsNamedAndTheRestIsReadable() {
    String encrypted = with("/a", "old").encrypt(ONE, null, "{\"a\":\"x\",\"b\":2}");
    FieldEncryption.Decrypted read = with("/a", "new").decrypt(ONE, encrypted);
    assertThat(read.problems().get(0)).contains("'old' is missing");
    assertThat(read.text()).endsWith(",\"b\":2}");
  }

  @Test
  void anOldKeyIsReadAndRotatedToTheActiveOne() {
    String old = with("/a", "k1").encrypt(ONE, null, "{\"a\":\"x\"}");
    FieldEncryption both = with("/a", "k2", "k1");
    assertThat(both.decrypt(ONE, old).text()).isEqualTo("{\"a\":\"x\"}");
    String rotated = both.rotate(ONE, old).text();
    assertThat(rotated).contains("enc:v2:k2:");
    assertThat(with("/a", "k2").decrypt(ONE, rotated).text()).isEqualTo("{\"a\":\"x\"}");
    assertThat(both.rotate(ONE, rotated).text()).isEqualTo(rotated);
  }

  @Test
  void textOfASenderThatOnlyLooksEncryptedComesBackAsItWas() throws Exception {
    String foreign = "{\"a\":\"x\",\"b\":[\"enc:v1:k9:AAAA\",\"\\u0065nc:v1:k1:BBBB\"]}";
    for (String field : List.of("/a", "/absent")) {
      FieldEncryption encryption = with(field, "k1");
      byte[] stored = encryption.encrypt(ONE, null, foreign).getBytes(StandardCharsets.UTF_8);
      assertThat(encryption.open(ONE, stored)).isEqualTo(foreign.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void whatWasCopiedFromTheDatabaseIntoAnEventOpensForNobody() throws Exception {
    FieldEncryption encryption = with("/a", "k1");
    String secret = encryption.encrypt(EncryptionContext.ofTool("shop"), null, "{\"a\":\"whsec\"}");
    for (String received :
        List.of(secret, secret.substring(5, secret.length() - 1), "[" + secret + "]")) {
      String stored = encryption.encrypt(COPIED_TO, null, received);
      assertThat(encryption.decrypt(COPIED_TO, stored).text()).isEqualTo(received);
      EntryFields entry = EntryFields.of(Map.of("event_id", "tool:shop", "payload", received));
      DeadLetterEncryption letters = new DeadLetterEncryption(encryption);
      for (boolean decoded : List.of(true, false)) {
        byte[] dead = letters.encrypt(COPIED_TO, entry, decoded).bytes("payload");
        assertThat(new String(encryption.open(COPIED_TO, dead), StandardCharsets.UTF_8))
            .isEqualTo(received);
      }
    }
  }

  @Test
  void aMaskInAnEditedPayloadStandsForTheValueThatIsThere() throws Exception {
    FieldEncryption encryption = with("/a", "k1");
    String kept = encryption.encrypt(ONE, null, "{\"a\":\"x\",\"b\":1}");
    assertThat(encryption.unmask(ONE, kept, "{\"a\":\"***\",\"b\":\"***\"}"))
        .isEqualTo("{\"a\":\"x\",\"b\":\"***\"}");
    assertThat(encryption.unmask(ONE, kept, "{\"a\":\"y\"}")).isEqualTo("{\"a\":\"y\"}");
    assertThatExceptionOfType(DecryptionException.class)
        .isThrownBy(() -> with("/a", "k2").unmask(ONE, kept, "{\"a\":\"***\"}"))
        .withMessageContaining("'k1' is missing");
  }

  @Test
  void aToolNamesFieldsOfItsOwn() throws Exception {
    FieldEncryption encryption = new FieldEncryption(settings(List.of(), "k1"));
    ToolConfig tool =
        ToolConfigs.fromJson(
            new ObjectMapper()
                .readTree("{\"id\":\"shop\",\"webhook_config\":{\"encrypt_fields\":[\"/a\"]}}"));
    assertThat(encryption.ready(tool)).isTrue();
    assertThat(encryption.encrypt(ONE, "shop", "{\"a\":\"x\"}")).contains("enc:v2:k1:");
    assertThat(encryption.encrypt(ONE, "other", "{\"a\":\"x\"}")).isEqualTo("{\"a\":\"x\"}");
    assertThat(new FieldEncryption(EncryptionSettings.NONE).ready(tool)).isFalse();
  }

  @Test
  void aDeadLetterOfAToolThatIsNotKnownIsEncryptedAsAWhole() throws Exception {
    FieldEncryption encryption = with("/a", "k1");
    byte[] body = {'{', (byte) 0xff, '}'};
    EntryFields fields =
        EntryFields.of(Map.of("event_id", "1", "metadata", "{\"tool_id\":\"new\"}"))
            .with(Map.of("payload", body));
    byte[] encrypted =
        new DeadLetterEncryption(encryption).encrypt(ONE, fields, true).bytes("payload");
    assertThat(new String(encrypted, StandardCharsets.UTF_8)).startsWith("\"enc:v2:k1:");
    assertThat(encryption.open(ONE, encrypted)).isEqualTo(body);
    assertThatExceptionOfType(DecryptionException.class)
        .isThrownBy(() -> with("/a", "k2").open(ONE, encrypted))
        .withMessageContaining("'k1' is missing");
  }

  @Test
  void aDeadLettersPayloadAndItsErrorsShowNothingThatIsEncrypted() throws Exception {
    InMemoryModule memory = InMemoryModule.create();
    try (Worker worker =
        Worker.builder()
            .config(WorkerConfig.builder().encryption(settings(List.of("/mail"), "k1")).build())
            .install(memory)
            .discovery(false)
            .processor("*", FieldEncryptionTest::fail)
            .build()) {
      worker.start();
      memory.publish("1", "push", "{\"mail\":\"alice@example.org\",\"n\":1}");
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> memory.deadLetters().size() == 1);
      InMemoryDeadLetter dead = memory.deadLetters().get(0);
      assertThat(dead.field("payload")).doesNotContain("alice").contains("enc:v2:k1:");
      assertThat(dead.message()).contains("no mailbox for ***");
    }
  }

  private static void fail(WebhookEvent event, Object context) {
    throw new dev.webhookworker.NonRetryableException(
        "no mailbox for " + event.payload().path("mail").asText());
  }
}
