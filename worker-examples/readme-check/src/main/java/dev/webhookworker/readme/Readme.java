package dev.webhookworker.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The code blocks of README by section. */
record Readme(String text) {

  static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();

  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```$");
  private static final Pattern PLACE = Pattern.compile("^(?://|#) (src/\\S+)\\n");

  record Block(String language, String code) {}

  static Readme read() throws IOException {
    return new Readme(Files.readString(ROOT.resolve("README.md")));
  }

  List<Block> blocks(String section) {
    Matcher found =
        Pattern.compile("(?ms)^## " + Pattern.quote(section) + "$(.*?)(?=^## |\\z)").matcher(text);
    List<Block> blocks = new ArrayList<>();
    if (found.find()) {
      Matcher block = BLOCK.matcher(found.group(1));
      while (block.find()) {
        blocks.add(new Block(block.group(1), block.group(2)));
      }
    }
    return blocks;
  }

  /** The only line of a section's first block. */
  String command(String section) {
    List<String> lines = blocks(section).get(0).code().lines().toList();
    if (lines.size() != 1) {
      throw new IllegalStateException("the first block of '" + section + "' is not one line");
    }
    return lines.get(0);
  }

  /** The blocks that begin with the path of the file that they are. */
  Map<String, String> files(String section) {
    Map<String, String> files = new LinkedHashMap<>();
    for (Block block : blocks(section)) {
      Matcher place = PLACE.matcher(block.code());
      if (place.find()) {
        files.put(place.group(1), block.code());
      }
    }
    return files;
  }
}
