package dev.webhookworker.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.NonRetryableException;
import org.junit.jupiter.api.Test;

class CompiledRulesTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PAYLOAD =
      """
      {"number": 7, "title": "Add FooBar", "draft": "no", "none": null, "a.b": "dotted",
       "created": "2026-11-24T12:00:00+01:00", "epoch": 1764000000, "price": "12.50",
       "repository": {"full_name": "o/r", "owner": {"login": "ada"}},
       "labels": [{"name": "bug", "color": "red"}, {"name": "wip"}, {"name": "P1", "color": "red"}]}
      """;

  private static String applied(String rules) throws Exception {
    return CompiledRules.compile(JSON.readTree(rules)).apply(JSON.readTree(PAYLOAD)).toString();
  }

  private static InvalidRulesException refused(String rules) throws Exception {
    JsonNode json = JSON.readTree(rules);
    return catchThrowableOfType(InvalidRulesException.class, () -> CompiledRules.compile(json));
  }

  @Test
  void whatMakesAWholeRuleSetIsNotCopiedAsAConstant() throws Exception {
    assertThat(refused("{\"n\":{\"$jsonata\":\"a+1\"}}").problems())
        .singleElement()
        .asString()
        .contains("'n'", "'$jsonata'", "a whole rule set");
  }

  @Test
  void aDottedNameIsFollowedUnlessAFieldHasThatVeryName() throws Exception {
    assertThat(
            applied(
                "{\"x\": \"repository.owner.login\", \"y\": \"a.b\", \"z\": \"labels.1.name\"}"))
        .isEqualTo("{\"x\":\"ada\",\"y\":\"dotted\",\"z\":\"wip\"}");
  }

  @Test
  void aTemplateIsFilledFromItsSources() throws Exception {
    assertThat(applied("{\"x\": \"{{/repository/full_name}}#{{ number }}\"}"))
        .isEqualTo("{\"x\":\"o/r#7\"}");
    assertThat(applied("{\"x\": {\"type\": \"template\", \"template\": \"no {{gone}} source\"}}"))
        .isEqualTo("{\"x\":\"no  source\"}");
  }

  @Test
  void aPointerAsTargetMakesTheObjectsOnItsWay() throws Exception {
    assertThat(applied("{\"/pr/id\": \"number\", \"/pr/by/login\": \"/repository/owner/login\"}"))
        .isEqualTo("{\"pr\":{\"id\":7,\"by\":{\"login\":\"ada\"}}}");
  }

  @Test
  void aMissingSourceIsSkippedOrNullOrAnErrorAsConfigured() throws Exception {
    assertThat(applied("{\"$missing\": \"null\", \"x\": \"gone\"}")).isEqualTo("{\"x\":null}");
    assertThat(
            applied(
                "{\"$missing\": \"null\", \"x\":"
                    + " {\"type\": \"rename\", \"source\": \"gone\", \"missing\": \"skip\"}}"))
        .isEqualTo("{}");
    assertThatThrownBy(() -> applied("{\"$missing\": \"fail\", \"/x/y\": \"/gone/deeper\"}"))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("'/x/y'")
        .hasMessageContaining("'/gone/deeper'")
        .hasMessageContaining("missing");
  }

  @Test
  void aDefaultStandsInForWhatIsMissingOrNull() throws Exception {
    assertThat(
            applied(
                "{\"x\": {\"type\": \"rename\", \"source\": \"gone\", \"default\": 1},"
                    + " \"y\": {\"type\": \"rename\", \"source\": \"none\", \"default\": [2]},"
                    + " \"z\": {\"type\": \"rename\", \"source\": \"number\", \"default\": 3}}"))
        .isEqualTo("{\"x\":1,\"y\":[2],\"z\":7}");
  }

  @Test
  void anArrayIsFilteredAndMapped() throws Exception {
    assertThat(
            applied(
                "{\"names\": {\"type\": \"array\", \"source\": \"labels\", \"each\": \"name\","
                    + " \"where\": {\"source\": \"color\", \"equals\": \"red\"}}}"))
        .isEqualTo("{\"names\":[\"bug\",\"P1\"]}");
    assertThat(
            applied(
                "{\"all\": {\"type\": \"array\", \"source\": \"labels\","
                    + " \"where\": {\"not\": {\"source\": \"color\", \"exists\": true}},"
                    + " \"each\": {\"n\": \"{{name}}@{{$/repository/full_name}}\"}}}"))
        .isEqualTo("{\"all\":[{\"n\":\"wip@o/r\"}]}");
  }

  @Test
  void typesAreConvertedExactly() throws Exception {
    assertThat(
            applied(
                "{\"s\": {\"type\": \"convert\", \"source\": \"number\", \"to\": \"string\"},"
                    + " \"n\": {\"type\": \"convert\", \"source\": \"price\", \"to\": \"number\"},"
                    + " \"b\": {\"type\": \"convert\", \"source\": \"draft\", \"to\": \"boolean\"}}"))
        .isEqualTo("{\"s\":\"7\",\"n\":12.50,\"b\":false}");
    assertThatThrownBy(
            () ->
                applied(
                    "{\"i\": {\"type\": \"convert\", \"source\": \"price\", \"to\": \"integer\"}}"))
        .hasMessageContaining("'i'")
        .hasMessageContaining("'price'")
        .hasMessageNotContaining("12.5");
  }

  @Test
  void datesAndCasesAreConverted() throws Exception {
    assertThat(
            applied(
                "{\"u\": {\"type\": \"date\", \"source\": \"created\"},"
                    + " \"e\": {\"type\": \"date\", \"source\": \"created\", \"to\": \"epoch_seconds\"},"
                    + " \"i\": {\"type\": \"date\", \"source\": \"epoch\", \"from\": \"epoch_seconds\"},"
                    + " \"d\": {\"type\": \"date\", \"source\": \"created\", \"to\": \"dd.MM.yyyy\"}}"))
        .isEqualTo(
            "{\"u\":\"2026-11-24T11:00:00Z\",\"e\":1795518000,"
                + "\"i\":\"2025-11-24T16:00:00Z\",\"d\":\"24.11.2026\"}");
    assertThat(
            applied(
                "{\"s\": {\"type\": \"case\", \"source\": \"title\", \"to\": \"snake\"},"
                    + " \"c\": {\"type\": \"case\", \"source\": \"title\", \"to\": \"camel\"},"
                    + " \"t\": {\"type\": \"case\", \"source\": \"title\", \"to\": \"title\"}}"))
        .isEqualTo("{\"s\":\"add_foo_bar\",\"c\":\"addFooBar\",\"t\":\"Add Foo Bar\"}");
  }

  @Test
  void aConditionChoosesTheRule() throws Exception {
    assertThat(
            applied(
                "{\"x\": {\"type\": \"conditional\", \"if\": {\"all\": [{\"source\": \"number\","
                    + " \"in\": [1, 7.0]}, {\"source\": \"gone\", \"exists\": false}]},"
                    + " \"then\": \"title\", \"else\": 0},"
                    + " \"y\": {\"type\": \"conditional\", \"if\": {\"source\": \"none\","
                    + " \"exists\": true}, \"then\": \"title\"}}"))
        .isEqualTo("{\"x\":\"Add FooBar\"}");
  }

  @Test
  void aLiteralObjectIsCopiedAndAForgottenTypeIsTold() throws Exception {
    assertThat(applied("{\"x\": {\"k\": [1]}}")).isEqualTo("{\"x\":{\"k\":[1]}}");
    assertThat(refused("{\"x\": {\"source\": \"title\"}}")).hasMessageContaining("'type'");
  }

  @Test
  void everyErrorOfARuleSetIsReportedAtOnceAndNamesItsRule() throws Exception {
    InvalidRulesException refused =
        refused(
            """
            {"$missing": "sometimes",
             "a": {"type": "upper"},
             "b": {"type": "rename"},
             "c": {"type": "case", "source": "title", "to": "upside_down"},
             "d": {"type": "rename", "source": "title", "sauce": "x"},
             "e": "{{open",
             "f": {"type": "object", "fields": {"g": {"type": "date", "source": "x", "to": "{"}}},
             "h": {"type": "conditional", "if": {"source": "x"}, "then": 1},
             "/i/j": 1, "i": 2}
            """);
    assertThat(refused.problems())
        .hasSize(9)
        .anyMatch(problem -> problem.contains("'$missing'") && problem.contains("skip, null, fail"))
        .anyMatch(problem -> problem.contains("'a'") && problem.contains("conditional"))
        .anyMatch(problem -> problem.contains("'d'") && problem.contains("'sauce'"))
        .anyMatch(problem -> problem.contains("'f > g'"))
        .anyMatch(problem -> problem.contains("'i'"));
  }

  @Test
  void rulesThatMultiplyTheirInputEndWithAnError() throws Exception {
    String big = "\"" + "x".repeat(100_000) + "\"";
    JsonNode payload = JSON.readTree("{\"big\": " + big + ", \"l\": [" + "1,".repeat(99) + "1]}");
    CompiledRules rules =
        CompiledRules.compile(
            JSON.readTree(
                "{\"x\": {\"type\": \"array\", \"source\": \"l\", \"each\": \"$/big\"}}"));
    assertThatThrownBy(() -> rules.apply(payload))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("'x'")
        .hasMessageContaining("larger");
  }

  @Test
  void aHugeExponentIsRefusedNotWrittenOut() throws Exception {
    CompiledRules rules =
        CompiledRules.compile(
            JSON.readTree(
                "{\"x\": {\"type\": \"convert\", \"source\": \"n\", \"to\": \"integer\"}}"));
    assertThatThrownBy(() -> rules.apply(JSON.readTree("{\"n\": \"1e999999999\"}")))
        .isInstanceOf(NonRetryableException.class);
    assertThatThrownBy(() -> rules.apply(JSON.readTree("{\"n\": \"1e-999999999\"}")))
        .isInstanceOf(NonRetryableException.class);
  }
}
