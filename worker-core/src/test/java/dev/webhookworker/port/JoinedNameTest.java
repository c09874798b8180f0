package dev.webhookworker.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JoinedNameTest {

  private static final List<String> PARTS =
      List.of("", "a", ":", "%", "%3A", "a:", ":a", "%25", "3A");

  @Test
  void noTwoListsOfNamesBecomeTheSame() {
    List<List<String>> lists = new ArrayList<>();
    for (String one : PARTS) {
      lists.add(List.of(one));
      for (String two : PARTS) {
        lists.add(List.of(one, two));
        PARTS.forEach(three -> lists.add(List.of(one, two, three)));
      }
    }
    Map<String, List<String>> seen = new HashMap<>();
    for (List<String> names : lists) {
      assertThat(seen.put(JoinedName.of(names.toArray(String[]::new)), names)).isNull();
    }
  }

  @Test
  void usualNamesStayAsTheyAre() {
    assertThat(JoinedName.of("shop", "evt_1")).isEqualTo("shop:evt_1");
  }
}
