package dev.webhookworker.forward;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.ForwardSettings;
import dev.webhookworker.Secret;
import dev.webhookworker.config.Durations;
import dev.webhookworker.signature.StandardWebhooksSigner;
import dev.webhookworker.transform.InvalidRulesException;
import dev.webhookworker.transform.PayloadCondition;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code webhook_config.destinations} (docs/forwarding.md). For one list and one thread. */
public final class DestinationReader {

  private static final int MOST_DESTINATIONS = 50;
  private static final int MOST_SECRETS = 8;
  private static final int LONGEST_HEADER = 4096;
  private static final Set<String> FIELDS =
      Set.of(
          "name",
          "url",
          "event_types",
          "filter",
          "headers",
          "secret",
          "secrets",
          "signature",
          "timeout",
          "max_concurrent",
          "ordered",
          "mtls");
  private static final Set<String> RESERVED_HEADERS =
      Set.of(
          "host",
          "content-length",
          "transfer-encoding",
          "connection",
          "upgrade",
          "te",
          "trailer",
          "expect",
          "traceparent");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");
  private static final Pattern HEADER_VALUE =
      Pattern.compile("[\\x21-\\x7e](?:[\\x20-\\x7e]*[\\x21-\\x7e])?");

  private final List<String> problems = new ArrayList<>();

  private DestinationReader() {}

  /** What is wrong with a list, a sentence each that begins with the place; never a secret. */
  public static List<String> problems(JsonNode destinations) {
    DestinationReader reader = new DestinationReader();
    reader.readAll(destinations);
    return List.copyOf(reader.problems);
  }

  /**
   * @throws IllegalArgumentException naming everything that is wrong
   */
  static List<Destination> read(JsonNode destinations) {
    DestinationReader reader = new DestinationReader();
    List<Destination> read = reader.readAll(destinations);
    if (!reader.problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", reader.problems));
    }
    return read;
  }

  private List<Destination> readAll(JsonNode destinations) {
    List<Destination> all = new ArrayList<>();
    if (destinations.isMissingNode() || destinations.isNull()) {
      return all;
    }
    if (!destinations.isArray() || destinations.size() > MOST_DESTINATIONS) {
      problems.add("webhook_config.destinations: expected a list of at most " + MOST_DESTINATIONS);
      return all;
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < destinations.size(); i++) {
      String place = "webhook_config.destinations[" + i + "]";
      Destination destination = read(destinations.get(i), place);
      if (destination != null && names.add(destination.name())) {
        all.add(destination);
      } else if (destination != null) {
        problems.add(place + ".name: '" + destination.name() + "' is there twice");
      }
    }
    return all;
  }

  private @Nullable Destination read(JsonNode json, String place) {
    if (!json.isObject()) {
      problems.add(place + ": expected an object {name, url, ...}");
      return null;
    }
    json.fieldNames()
        .forEachRemaining(
            field -> {
              if (!FIELDS.contains(field)) {
                problems.add(place + ": unknown field; there are " + sorted());
              }
            });
    String name = json.path("name").asText("");
    if (!NAME.matcher(name).matches()) {
      problems.add(place + ".name: expected 1 to 64 letters, digits, '.', '_' or '-'");
    }
    URI url = url(json.path("url"), place);
    List<String> eventTypes = texts(json.path("event_types"), place + ".event_types");
    PayloadCondition filter = filter(json.get("filter"), place);
    Map<String, Secret> headers = headers(json.path("headers"), place);
    StandardWebhooksSigner signer = signer(json, place);
    Duration timeout = timeout(json.get("timeout"), place);
    Integer maxConcurrent = maxConcurrent(json.get("max_concurrent"), place);
    boolean ordered = ordered(json.get("ordered"), place);
    if (ordered && maxConcurrent != null && maxConcurrent > 1) {
      problems.add(
          place
              + ".max_concurrent: an ordered destination gets one request at a time; leave it out");
    }
    ClientTls tls = tls(json.get("mtls"), url, place);
    return url == null
        ? null
        : new Destination(
            name,
            url,
            eventTypes.isEmpty() ? List.of("*") : eventTypes,
            filter,
            headers,
            signer,
            timeout,
            maxConcurrent,
            ordered,
            tls);
  }

  private static List<String> sorted() {
    return FIELDS.stream().sorted().toList();
  }

  private @Nullable URI url(JsonNode url, String place) {
    try {
      return TargetUrl.parse(url.asText(""));
    } catch (IllegalArgumentException wrong) {
      problems.add(place + ".url: " + wrong.getMessage());
      return null;
    }
  }

  private @Nullable PayloadCondition filter(@Nullable JsonNode filter, String place) {
    if (filter == null || filter.isNull()) {
      return null;
    }
    try {
      return PayloadCondition.compile(filter);
    } catch (InvalidRulesException wrong) {
      wrong.problems().forEach(problem -> problems.add(place + ".filter: " + problem));
      return null;
    }
  }

  private Map<String, Secret> headers(JsonNode headers, String place) {
    Map<String, Secret> all = new LinkedHashMap<>();
    if (!headers.isMissingNode() && !headers.isObject()) {
      problems.add(place + ".headers: expected an object of name and value");
    }
    headers
        .properties()
        .forEach(
            header -> {
              String name = header.getKey();
              String lower = name.toLowerCase(Locale.ROOT);
              String value = header.getValue().asText("");
              if (!HEADER_NAME.matcher(name).matches()) {
                problems.add(place + ".headers: a name is not a header's name");
              } else if (RESERVED_HEADERS.contains(lower) || lower.startsWith("webhook-")) {
                problems.add(place + ".headers." + name + ": the worker sets it itself");
              } else if (value.length() > LONGEST_HEADER
                  || !HEADER_VALUE.matcher(value).matches()) {
                problems.add(
                    place
                        + ".headers."
                        + name
                        + ": expected a text of visible ASCII characters, at most "
                        + LONGEST_HEADER);
              } else {
                all.put(name, Secret.of(value));
              }
            });
    return all;
  }

  private @Nullable StandardWebhooksSigner signer(JsonNode json, String place) {
    List<Secret> secrets = new ArrayList<>();
    for (String field : List.of("secret", "secrets")) {
      JsonNode value = json.path(field);
      if (value.isTextual()) {
        secrets.add(Secret.of(value.textValue()));
      } else {
        texts(value, place + "." + field).forEach(text -> secrets.add(Secret.of(text)));
      }
    }
    String version = json.path("signature").asText("");
    if (!version.isEmpty() && !StandardWebhooksSigner.VERSIONS.contains(version)) {
      problems.add(place + ".signature: expected one of " + StandardWebhooksSigner.VERSIONS);
      return null;
    }
    if (secrets.isEmpty()) {
      if (!version.isEmpty()) {
        problems.add(place + ".signature: needs a 'secret' (or 'secrets')");
      }
      return null;
    }
    if (secrets.size() > MOST_SECRETS) {
      problems.add(place + ".secrets: at most " + MOST_SECRETS);
      return null;
    }
    try {
      StandardWebhooksSigner signer = StandardWebhooksSigner.of(secrets);
      if (!version.isEmpty() && !signer.versions().equals(Set.of(version))) {
        problems.add(
            place + ".signature: is " + version + " but the secrets are for " + signer.versions());
      }
      return signer;
    } catch (IllegalArgumentException wrong) {
      problems.add(place + ".secret: " + wrong.getMessage());
      return null;
    }
  }

  private @Nullable Duration timeout(@Nullable JsonNode timeout, String place) {
    if (timeout == null || timeout.isNull()) {
      return null;
    }
    try {
      Duration parsed =
          timeout.isIntegralNumber()
              ? Duration.ofSeconds(timeout.longValue())
              : Durations.parse(timeout.asText());
      if (parsed.toMillis() >= 1 && parsed.compareTo(ForwardSettings.LONGEST_TIMEOUT) <= 0) {
        return parsed;
      }
    } catch (IllegalArgumentException | ArithmeticException wrong) {
      // Told below.
    }
    problems.add(place + ".timeout: expected a duration such as 10s, from 1ms to 5m");
    return null;
  }

  private @Nullable Integer maxConcurrent(@Nullable JsonNode value, String place) {
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.canConvertToInt() || value.intValue() < 1 || value.intValue() > 10_000) {
      problems.add(place + ".max_concurrent: expected a number from 1 to 10000");
      return null;
    }
    return value.intValue();
  }

  private boolean ordered(@Nullable JsonNode value, String place) {
    if (value == null || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      problems.add(place + ".ordered: expected true or false");
    }
    return value.booleanValue();
  }

  private @Nullable ClientTls tls(@Nullable JsonNode mtls, @Nullable URI url, String place) {
    if (mtls == null || mtls.isNull()) {
      return null;
    }
    if (url != null && url.getScheme().equalsIgnoreCase("http")) {
      problems.add(place + ".mtls: needs an https url");
    }
    try {
      ClientTls tls = ClientTls.fromJson(mtls);
      tls.sslContext();
      return tls;
    } catch (IllegalArgumentException wrong) {
      problems.add(place + ".mtls: " + wrong.getMessage());
      return null;
    }
  }

  private List<String> texts(JsonNode list, String place) {
    List<String> texts = new ArrayList<>();
    if (list.isMissingNode() || list.isNull()) {
      return texts;
    }
    boolean right = list.isArray();
    for (JsonNode text : list) {
      right &= text.isTextual() && !text.textValue().isBlank();
      texts.add(text.asText());
    }
    if (!right) {
      problems.add(place + ": expected a list of texts");
      return List.of();
    }
    return texts;
  }
}
