package dev.webhookworker.ingest;

import dev.webhookworker.Limits;
import dev.webhookworker.pipeline.InputRules;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.pipeline.MalformedInputException;
import dev.webhookworker.signature.FormBody;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

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

  /** What the bytes of a body may be said to be (RFC 8259 8.1, WHATWG Encoding 4.2: labels). */
  private static final Set<String> CHARSETS = Set.of("utf-8", "utf8", "us-ascii");

  private static final Set<String> SIGN_THE_JSON = Set.of("gitea", "forgejo", "gogs");

  /** Refuses a request by its headers alone, before its body is read. */
  void check(IngestRequest request) throws Refusal {
    formatOf(request);
    for (String encoding : request.values("Content-Encoding")) {
      if (!encoding.isBlank() && !encoding.strip().equalsIgnoreCase("identity")) {
        throw Refusal.mediaType();
      }
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
          && !CHARSETS.contains(parameter.substring("charset=".length()))) {
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

  /**
   * What of the body a signature covers: all of it as it was sent, but for Gitea, Forgejo and Gogs,
   * which sign the JSON and send it as a form (go-gitea, services/webhook/deliver.go).
   */
  byte[] signedPart(String provider, IngestRequest request, byte[] body) throws Refusal {
    if (!SIGN_THE_JSON.contains(provider.toLowerCase(Locale.ROOT))
        || formatOf(request) == Format.JSON) {
      return body;
    }
    try {
      FormBody form = FormBody.parse(body);
      String json = form.first("payload");
      if (json == null || form.parameters().size() > 1) {
        // Whatever stands beside it, nobody has signed.
        throw Refusal.malformed("the form has to have the one parameter 'payload'");
      }
      return json.getBytes(StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notAForm) {
      throw Refusal.malformed("the body is not a form");
    }
  }

  Payload payload(IngestRequest request, byte[] body) throws Refusal {
    try {
      if (formatOf(request) == Format.JSON) {
        rules.checkJson(body, "body", false);
        return new Payload(new String(body, StandardCharsets.UTF_8), true);
      }
      refuseJson(body);
      String json = FormBody.parse(body).toJson(Json.MAPPER);
      rules.checkJson(json.getBytes(StandardCharsets.UTF_8), "body", false);
      return new Payload(json, false);
    } catch (MalformedInputException malformed) {
      throw Refusal.malformed(malformed.problem());
    } catch (IllegalArgumentException notAForm) {
      throw Refusal.malformed("the body is not a form");
    }
  }

  /** A signed body of JSON that is sent again as a form would be another event. */
  private void refuseJson(byte[] body) throws Refusal {
    try {
      rules.checkJson(body, "body", false);
    } catch (MalformedInputException noJson) {
      return;
    }
    throw Refusal.malformed("the body is JSON and not a form: send it as application/json");
  }
}
