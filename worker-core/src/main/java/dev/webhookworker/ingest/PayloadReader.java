package dev.webhookworker.ingest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.Limits;
import dev.webhookworker.pipeline.InputRules;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.pipeline.MalformedInputException;
import dev.webhookworker.signature.FormBody;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Bodies by their content type: JSON as it is; of a form the JSON in its parameter {@code payload}
 * (GitHub, Slack), else its parameters as a JSON object (Twilio). Thread-safe.
 */
final class PayloadReader {

  private enum Format {
    JSON,
    FORM
  }

  private final InputRules rules;
  private final int maxBytes;

  PayloadReader(Limits limits) {
    this.rules = new InputRules(limits);
    this.maxBytes = limits.maxPayloadBytes();
  }

  /** Refuses a request by its headers alone, before its body is read. */
  void check(IngestRequest request) throws Refusal {
    formatOf(request);
    String encoding = request.value("Content-Encoding");
    if (!encoding.isEmpty() && !encoding.equalsIgnoreCase("identity")) {
      throw Refusal.mediaType();
    }
    String length = request.value("Content-Length");
    if (length.matches("\\d{1,18}") && Long.parseLong(length) > maxBytes) {
      throw Refusal.tooLarge(maxBytes);
    }
  }

  private static Format formatOf(IngestRequest request) throws Refusal {
    String[] parts = request.value("Content-Type").toLowerCase(Locale.ROOT).split(";", -1);
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].replace("\"", "").trim();
      if (parameter.startsWith("charset=")
          && !parameter.equals("charset=utf-8")
          && !parameter.equals("charset=us-ascii")) {
        throw Refusal.mediaType();
      }
    }
    String type = parts[0].trim();
    if (type.equals("application/json")
        || (type.startsWith("application/") && type.endsWith("+json"))) {
      return Format.JSON;
    }
    if (type.equals("application/x-www-form-urlencoded")) {
      return Format.FORM;
    }
    throw Refusal.mediaType();
  }

  /** The body; reads no more than the limit. */
  byte[] body(IngestRequest request) throws Refusal {
    try {
      byte[] body = request.body().readNBytes(maxBytes + 1);
      if (body.length > maxBytes) {
        throw Refusal.tooLarge(maxBytes);
      }
      return body;
    } catch (IOException broken) {
      throw Refusal.malformed("the body could not be read to its end");
    }
  }

  Payload payload(IngestRequest request, byte[] body) throws Refusal {
    try {
      if (formatOf(request) == Format.JSON) {
        rules.checkJson(body, "body", false);
        return new Payload(new String(body, StandardCharsets.UTF_8), true);
      }
      FormBody form = FormBody.parse(body);
      String inside = form.first("payload");
      String json = inside == null ? asJson(form) : inside;
      rules.checkJson(json.getBytes(StandardCharsets.UTF_8), "body", false);
      return new Payload(json, false);
    } catch (MalformedInputException malformed) {
      throw Refusal.malformed(malformed.problem());
    } catch (IllegalArgumentException notAForm) {
      throw Refusal.malformed("the body is not a form");
    }
  }

  private static String asJson(FormBody form) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    form.parameters()
        .forEach(
            (name, values) -> {
              if (values.size() == 1) {
                json.put(name, values.get(0));
              } else {
                ArrayNode all = json.putArray(name);
                values.forEach(all::add);
              }
            });
    return json.toString();
  }
}
