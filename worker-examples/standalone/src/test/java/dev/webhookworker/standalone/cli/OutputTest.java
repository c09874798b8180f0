package dev.webhookworker.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputTest {

  private final StringWriter terminal = new StringWriter();
  private final PrintWriter out = new PrintWriter(new TerminalWriter(terminal), true);

  @Test
  void nothingThatSteersATerminalIsPrintedAsItCame() {
    for (char c = 0; c < 0xffff; c++) {
      int type = Character.getType(c);
      if ((type == Character.CONTROL && c != '\t') || type == Character.FORMAT) {
        terminal.getBuffer().setLength(0);
        new Output(out, false).table(List.of("id"), List.of(List.of("a" + c + "b")));
        assertThat(terminal.toString().lines())
            .containsExactly("id", "a" + String.format("\\u%04x", (int) c) + "b");
      }
    }
  }

  @Test
  void jsonStaysTheSameText() throws Exception {
    String id = "\u001b[2J\u009b\u202e\n";
    new Output(out, true).table(List.of("id"), List.of(List.of(id)));
    assertThat(terminal.toString()).doesNotContain("\u001b", "\u009b", "\u202e");
    assertThat(
            new com.fasterxml.jackson.databind.ObjectMapper()
                .readTree(terminal.toString())
                .path(0)
                .path("id")
                .asText())
        .isEqualTo(id);
  }
}
