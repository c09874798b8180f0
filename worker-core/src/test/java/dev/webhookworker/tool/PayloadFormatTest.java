package dev.webhookworker.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadFormatTest {

  @Test
  void aFormBecomesAnObjectOfTexts() {
    assertThat(PayloadFormat.FORM.toJson("a=1&b=x+y&b=%C3%BC&c=", 100))
        .isEqualTo("{\"a\":\"1\",\"b\":[\"x y\",\"ü\"],\"c\":\"\"}");
  }

  @Test
  void aFormWithTheParameterPayloadAloneIsThatJson() {
    assertThat(PayloadFormat.FORM.toJson("payload=%7B%22n%22%3A%201.50%7D", 100))
        .isEqualTo("{\"n\": 1.50}");
    assertThat(PayloadFormat.FORM.toJson("payload=5", 100)).isEqualTo("{\"payload\":\"5\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=%zz", "a=%", "a=%e9", "payload=%7B"})
  void aBodyThatIsNoFormIsRefusedWithoutShowingIt(String body) {
    assertThatThrownBy(() -> PayloadFormat.FORM.toJson(body, 100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("zz");
  }

  @Test
  void xmlBecomesJson() {
    assertThat(
            PayloadFormat.XML.toJson(
                "<?xml version=\"1.0\"?><o:order xmlns:o=\"urn:o\" id=\"7\"><item>a</item>"
                    + "<item>b &amp; <![CDATA[<c>]]></item><note lang=\"de\">x</note><empty/></o:order>",
                100))
        .isEqualTo(
            "{\"order\":{\"@id\":\"7\",\"item\":[\"a\",\"b & <c>\"],"
                + "\"note\":{\"@lang\":\"de\",\"#text\":\"x\"},\"empty\":\"\"}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>",
        "<!DOCTYPE a [<!ENTITY l \"lol\"><!ENTITY m \"&l;&l;&l;&l;\">]><a>&m;</a>",
        "<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/a.dtd\"><a/>",
        "<a>&unknown;</a>",
        "<a><b></a>",
        "no xml",
        ""
      })
  void entitiesDocumentTypesAndBrokenXmlAreRefused(String body) {
    assertThatThrownBy(() -> PayloadFormat.XML.toJson(body, 100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("root:");
  }

  @Test
  void xmlThatIsTooDeepIsRefused() {
    assertThatThrownBy(() -> PayloadFormat.XML.toJson("<a>".repeat(50_000), 100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("WORKER_MAX_NESTING");
  }

  @Test
  void aByteOrderMarkIsNoPartOfXml() {
    assertThat(PayloadFormat.XML.toJson("\uFEFF<?xml version=\"1.0\"?><a>1</a>", 20))
        .isEqualTo("{\"a\":\"1\"}");
  }

  @Test
  void formsOfTheStreamAreReadAsThoseOfTheEndpoint() {
    assertThat(PayloadFormat.FORM.toJson("flag&b=2", 20)).isEqualTo("{\"flag\":\"\",\"b\":\"2\"}");
    assertThatThrownBy(() -> PayloadFormat.FORM.toJson("name=caf%E9", 20))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("it is not UTF-8");
  }
}
