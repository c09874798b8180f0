package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.StringReader;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * A body of XML as JSON: <code>{"root": …}</code>; an element with text only is that text, any
 * other an object with its children, its attributes as {@code @name} and its text as {@code #text};
 * elements of one name become an array. Names are local, without prefix. A document type
 * declaration, and with it every entity of one's own, is refused.
 */
final class XmlBody {

  private final int maxNesting;
  private final XMLStreamReader xml;

  private XmlBody(XMLStreamReader xml, int maxNesting) {
    this.xml = xml;
    this.maxNesting = maxNesting;
  }

  /**
   * @throws IllegalArgumentException when it is not such XML; says why
   */
  static String toJson(String body, int maxNesting) {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    factory.setXMLResolver(
        (publicId, systemId, base, namespace) -> {
          throw new XMLStreamException("external entities are refused");
        });
    try {
      XMLStreamReader reader =
          factory.createXMLStreamReader(new StringReader(withoutMark(body).strip()));
      return new XmlBody(reader, maxNesting).document().toString();
    } catch (XMLStreamException wrong) {
      // The parser's message quotes the document; only the place is passed on.
      int line = wrong.getLocation() == null ? 1 : wrong.getLocation().getLineNumber();
      throw new IllegalArgumentException("it is not well-formed XML, see line " + line);
    }
  }

  /**
   * A byte order mark says how the bytes were encoded, and is none of the text (XML 1.0, 4.3.3).
   */
  private static String withoutMark(String body) {
    return body.startsWith("\uFEFF") ? body.substring(1) : body;
  }

  private JsonNode document() throws XMLStreamException {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    while (xml.hasNext()) {
      int event = xml.next();
      if (event == XMLStreamConstants.DTD || event == XMLStreamConstants.ENTITY_REFERENCE) {
        throw new IllegalArgumentException(
            "it has a document type declaration or an entity, which are refused");
      }
      if (event == XMLStreamConstants.START_ELEMENT) {
        String name = xml.getLocalName();
        document.set(name, element(2));
      }
    }
    return document;
  }

  private JsonNode element(int depth) throws XMLStreamException {
    if (depth > maxNesting) {
      throw new IllegalArgumentException(
          "it is nested deeper than " + maxNesting + " levels (WORKER_MAX_NESTING)");
    }
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < xml.getAttributeCount(); i++) {
      object.put("@" + xml.getAttributeLocalName(i), xml.getAttributeValue(i));
    }
    StringBuilder text = new StringBuilder();
    for (int event = xml.next(); event != XMLStreamConstants.END_ELEMENT; event = xml.next()) {
      if (event == XMLStreamConstants.START_ELEMENT) {
        String name = xml.getLocalName();
        add(object, name, element(depth + 1));
      } else if (event == XMLStreamConstants.CHARACTERS || event == XMLStreamConstants.CDATA) {
        text.append(xml.getText());
      } else if (event == XMLStreamConstants.ENTITY_REFERENCE) {
        throw new IllegalArgumentException("it has an entity that is not XML's own");
      }
    }
    if (object.isEmpty()) {
      return TextNode.valueOf(text.toString());
    }
    if (!text.toString().isBlank()) {
      object.put("#text", text.toString().strip());
    }
    return object;
  }

  private static void add(ObjectNode object, String name, JsonNode value) {
    JsonNode present = object.get(name);
    if (present == null) {
      object.set(name, value);
    } else if (present instanceof ArrayNode array) {
      array.add(value);
    } else {
      object.putArray(name).add(present).add(value);
    }
  }
}
