package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** {@code case}: the case of a text; words are parted by case, spaces, {@code _} and {@code -}. */
enum CaseConversion implements Conversion {
  UPPER {
    @Override
    String convert(String text) {
      return text.toUpperCase(Locale.ROOT);
    }
  },
  LOWER {
    @Override
    String convert(String text) {
      return text.toLowerCase(Locale.ROOT);
    }
  },
  TITLE {
    @Override
    String convert(String text) {
      return words(text).stream().map(CaseConversion::capital).collect(Collectors.joining(" "));
    }
  },
  SNAKE {
    @Override
    String convert(String text) {
      return String.join("_", words(text));
    }
  },
  KEBAB {
    @Override
    String convert(String text) {
      return String.join("-", words(text));
    }
  },
  CAMEL {
    @Override
    String convert(String text) {
      List<String> words = words(text);
      return words.isEmpty()
          ? ""
          : words.get(0)
              + words.stream().skip(1).map(CaseConversion::capital).collect(Collectors.joining());
    }
  };

  abstract String convert(String text);

  @Override
  public JsonNode convert(JsonNode value) throws Impossible {
    if (!value.isTextual()) {
      throw new Impossible("is no text but " + JsonTypes.name(value));
    }
    return TextNode.valueOf(convert(value.textValue()));
  }

  String configName() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean afterLower = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean separator = c == '_' || c == '-' || Character.isWhitespace(c);
      if ((separator || (afterLower && Character.isUpperCase(c))) && !word.isEmpty()) {
        words.add(word.toString().toLowerCase(Locale.ROOT));
        word.setLength(0);
      }
      if (!separator) {
        word.append(c);
      }
      afterLower = Character.isLowerCase(c) || Character.isDigit(c);
    }
    if (!word.isEmpty()) {
      words.add(word.toString().toLowerCase(Locale.ROOT));
    }
    return words;
  }

  private static String capital(String word) {
    int first = Character.charCount(word.codePointAt(0));
    return word.substring(0, first).toUpperCase(Locale.ROOT) + word.substring(first);
  }
}
