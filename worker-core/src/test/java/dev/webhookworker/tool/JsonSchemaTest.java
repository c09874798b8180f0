package dev.webhookworker.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.ToolSettings;
import dev.webhookworker.pipeline.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSchemaTest {

  private static JsonSchema schema(String text) throws Exception {
    return JsonSchema.compile("classpath:test.json", text, new SchemaFiles(ToolSettings.DEFAULTS));
  }

  @Test
  void aPatternEndsWhenItsRunIsInterrupted() throws Exception {
    JsonSchema schema =
        schema(
            "{\"additionalProperties\":{\"pattern\":\"^(.*,){12}P\"},"
                + "\"patternProperties\":{\"^(x+x+)+y\":{}}}");
    String text =
        IntStream.rangeClosed(1, 40).mapToObj(String::valueOf).collect(Collectors.joining(","));
    for (JsonNode payload :
        new JsonNode[] {
          Json.MAPPER.createObjectNode().put("a", text),
          Json.MAPPER.createObjectNode().put("x".repeat(60), 1)
        }) {
      assertThatItEndsWhenItsRunIsInterrupted(schema, payload);
    }
  }

  /** "Aa" and "BB" have one hash, and so has every text of them of one length. */
  @Test
  void aListOfTextsOfOneHashEndsWhenItsRunIsInterrupted() throws Exception {
    ArrayNode texts = Json.MAPPER.createArrayNode();
    for (int number = 0; number < 1 << 16; number++) {
      StringBuilder text = new StringBuilder();
      for (int bit = 0; bit < 16; bit++) {
        text.append((number >> bit & 1) == 0 ? "Aa" : "BB");
      }
      texts.add(text.toString());
    }
    assertThatItEndsWhenItsRunIsInterrupted(
        schema("{\"properties\":{\"list\":{\"uniqueItems\":true}}}"),
        Json.MAPPER.createObjectNode().set("list", texts));
  }

  private static void assertThatItEndsWhenItsRunIsInterrupted(JsonSchema schema, JsonNode payload)
      throws Exception {
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread run =
        new Thread(
            () -> {
              try {
                schema.problems(payload);
                ended.complete(new AssertionError("it ended by itself"));
              } catch (Throwable thrown) {
                ended.complete(thrown);
              }
            });
    run.start();
    run.interrupt();
    assertThat(ended.get(20, TimeUnit.SECONDS))
        .isInstanceOf(InterruptibleText.InterruptedReadException.class);
  }

  @Test
  void aNumberThatAKeywordCanNotBeAppliedToIsToldAsThat() throws Exception {
    JsonSchema schema = schema("{\"multipleOf\":0.01}");
    for (String number : List.of("9".repeat(900), "-" + "9".repeat(900), "1e999", "1e308")) {
      JsonNode value = Json.MAPPER.readTree(number);
      try {
        assertThat(schema.problems(value)).isNotNull();
      } catch (NonRetryableException told) {
        assertThat(told).hasMessageContaining("such as multipleOf");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1e64, false",
    "-1e64, false",
    "100.5, false",
    "1e2, true",
    "100, true",
    "101, false",
    "18446744073709551617, false",
    "1.0, true"
  })
  void numbersAreComparedByValueHoweverTheyAreWritten(String number, boolean follows)
      throws Exception {
    JsonSchema schema = schema("{\"type\":\"integer\",\"minimum\":0,\"maximum\":100}");
    JsonNode value = Json.MAPPER.readTree(number);
    assertThat(schema.problems(value).isEmpty()).isEqualTo(follows);
    JsonSchema nested =
        schema(
            "{\"items\":{\"additionalProperties\":"
                + "{\"type\":\"integer\",\"minimum\":0,\"maximum\":100}}}");
    JsonNode list =
        Json.MAPPER.createArrayNode().add(Json.MAPPER.createObjectNode().set("n", value));
    assertThat(nested.problems(list).isEmpty()).isEqualTo(follows);
  }

  @Test
  void anAnchorAtTheEndIsTheEndOfTheText() throws Exception {
    JsonSchema schema = schema("{\"pattern\":\"^a$\"}");
    assertThat(schema.problems(Json.MAPPER.readTree("\"a\""))).isEmpty();
    assertThat(schema.problems(Json.MAPPER.readTree("\"a\\n\""))).isNotEmpty();
    assertThatThrownBy(() -> schema("{\"pattern\":\"(\"}")).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"common.json#/$defs/id", "./common.json#/$defs/id", "sub/deep.json"})
  void whatASchemaRefersToIsBesideIt(String reference, @TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("common.json"), "{\"$defs\":{\"id\":{\"type\":\"integer\"}}}");
    Files.createDirectory(folder.resolve("sub"));
    Files.writeString(folder.resolve("sub/deep.json"), "{\"$ref\":\"../common.json#/$defs/id\"}");
    Path file = folder.resolve("order.json");
    Files.writeString(file, "{\"properties\":{\"id\":{\"$ref\":\"" + reference + "\"}}}");
    PayloadSchemas schemas = new PayloadSchemas(ToolSettings.DEFAULTS.withSchemaFolder(folder));
    schemas.check(file.toUri().toString(), Json.MAPPER.readTree("{\"id\":1}"), "shop");
    assertThatThrownBy(
            () ->
                schemas.check(
                    file.toUri().toString(), Json.MAPPER.readTree("{\"id\":\"x\"}"), "shop"))
        .hasMessageContaining("'/id' (type)");
  }

  @Test
  void whatCanNotBeUsedIsToldWithToolSchemaAndReason(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("order.json");
    Files.writeString(file, "{\"$ref\":\"absent.json\"}");
    PayloadSchemas schemas = new PayloadSchemas(ToolSettings.DEFAULTS.withSchemaFolder(folder));
    assertThatThrownBy(
            () -> schemas.check(file.toUri().toString(), Json.MAPPER.readTree("{}"), "shop"))
        .hasMessageContainingAll(
            "tool 'shop'", "order.json", "absent.json", "WORKER_SCHEMA_FOLDER");
    for (String elsewhere : List.of("/etc/passwd", "/etc/no-such-file")) {
      assertThatThrownBy(
              () -> schemas.check("file:" + elsewhere, Json.MAPPER.readTree("{}"), "shop"))
          .hasMessageContaining("there is no such file in WORKER_SCHEMA_FOLDER");
    }
  }
}
