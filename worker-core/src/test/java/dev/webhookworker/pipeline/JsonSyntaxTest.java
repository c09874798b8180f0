package dev.webhookworker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSyntaxTest {

  private static final int DEEPEST = 5;
  private static final int LONGEST = 45;

  private static final String[] SEEDS = {
    "{\"a\":[1,-2.5e+10,true,false,null,\"x\\u00e9\\n\\\"\"],\"b\":{\"c\":{}},\"d\":[]}",
    "[[],{},\"\",0,-0,1E5,{\"k\":[{\"l\":0.1}]}]",
    " \t\r\n{ \"a\" : 1 , \"b\" : [ 1 , 2 ] } ",
    "\"only a string \\uD83D\"",
    "12345678901234567890.00000000001e-7",
  };

  private static final String ALPHABET = "{}[]\",:\\/truefalsn0123456789.eE+- \n\tu\u0001x";

  @Test
  void acceptsAndRefusesWhatJacksonDoes() throws IOException {
    Random random = new Random(20261124);
    for (int round = 0; round < 200_000; round++) {
      String text = mutated(SEEDS[random.nextInt(SEEDS.length)], random);
      int found = check(text);
      if (found == JsonSyntax.LARGE_EXPONENT) {
        // Refused before the rest is looked at; Jackson takes such numbers.
        continue;
      }
      boolean valid = found == JsonSyntax.VALID;
      assertThat(valid).as("%s", text).isEqualTo(isJsonByJackson(text));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n ", "{} {}", "1 2", "[1] x"})
  void tellsNothingAndTooMuchApartFromBrokenText(String text) {
    int blankOrMore = text.isBlank() ? JsonSyntax.BLANK : JsonSyntax.MORE_THAN_ONE;
    assertThat(check(text)).isEqualTo(blankOrMore);
  }

  @Test
  void namesThePlaceOfTheFirstWrongByte() {
    assertThat(check("{\"a\":tru}")).isEqualTo(8);
    assertThat(check("{\"a\":1")).isEqualTo(6);
    assertThat(check("[1,]")).isEqualTo(3);
    assertThat(check("[01]")).isEqualTo(1);
  }

  @Test
  void countsTheLevelsOfNesting() {
    assertThat(check("[[[[[1]]]]]")).isEqualTo(JsonSyntax.VALID);
    assertThat(check("[[[[[[1]]]]]]")).isEqualTo(JsonSyntax.TOO_DEEP);
    assertThat(JsonSyntax.check("[".repeat(100_000).getBytes(StandardCharsets.UTF_8), 100, LONGEST))
        .isEqualTo(JsonSyntax.TOO_DEEP);
  }

  @Test
  void refusesNumbersThatAreTooLong() {
    assertThat(check("[" + "1".repeat(LONGEST) + "]")).isEqualTo(JsonSyntax.VALID);
    assertThat(check("[" + "1".repeat(LONGEST + 1) + "]")).isEqualTo(JsonSyntax.LONG_NUMBER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1e1000", "-1E-1000", "[0.5e+99999999999]", "{\"a\":[1,1e1000000000]}", "0e1000"})
  void refusesNumbersWhoseTextIsOutOfProportionToTheirDigits(String text) {
    assertThat(check(text)).isEqualTo(JsonSyntax.LARGE_EXPONENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e999", "-1E-999", "1e+0000308", "{\"a\":4.9e-324}"})
  void takesTheNumbersOfRealEvents(String text) {
    assertThat(check(text)).isEqualTo(JsonSyntax.VALID);
  }

  private static int check(String text) {
    return JsonSyntax.check(text.getBytes(StandardCharsets.UTF_8), DEEPEST, LONGEST);
  }

  private static String mutated(String seed, Random random) {
    StringBuilder text = new StringBuilder(seed);
    for (int change = random.nextInt(4); change > 0 && text.length() > 0; change--) {
      int at = random.nextInt(text.length());
      char letter = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
      switch (random.nextInt(4)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, letter);
        case 2 -> text.setCharAt(at, letter);
        default -> text.setLength(at);
      }
    }
    return text.toString();
  }

  /** From characters, because from bytes Jackson also guesses other encodings. */
  private static boolean isJsonByJackson(String text) throws IOException {
    try (JsonParser parser = Json.factory(DEEPEST, LONGEST).createParser(new StringReader(text))) {
      if (parser.nextToken() == null) {
        return false;
      }
      int depth = 0;
      do {
        if (parser.currentToken().isStructStart()) {
          depth++;
        } else if (parser.currentToken().isStructEnd()) {
          depth--;
        } else if (parser.currentToken().isScalarValue()) {
          parser.getText();
        }
      } while (parser.nextToken() != null && depth > 0);
      return parser.currentToken() == null && depth == 0;
    } catch (com.fasterxml.jackson.core.JacksonException refused) {
      return false;
    }
  }
}
