package dev.webhookworker.normalize;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.Envelope;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.pipeline.IsoTime;
import dev.webhookworker.spi.ToolConfig;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes an envelope of an event. Stateless. */
public final class Normaliser {

  /** Seconds from 1970 to the year 10000: what is larger is no time. */
  private static final BigDecimal LATEST_SECOND = BigDecimal.valueOf(253_402_300_800L);

  private Normaliser() {}

  /** The envelope; never fails, whatever the payload holds. */
  public static Envelope envelope(WebhookEvent event, ToolConfig tool) {
    Provider provider = provider(event, tool);
    Provider.Places places = provider.places();
    JsonNode payload = event.payload();
    return new Envelope(
        name(provider, tool),
        type(places, event, payload),
        or(Alternative.first(places.subjects(), payload), event.repoName()),
        or(Alternative.first(places.actors(), payload), event.senderName()),
        time(places, event, payload),
        tenant(places, event, tool, payload),
        Alternative.first(places.urls(), payload));
  }

  /** The tool's own name for a provider that is not in the table. */
  private static String name(Provider provider, ToolConfig tool) {
    return provider == Provider.GENERIC && !tool.provider().isBlank()
        ? Alternative.printable(tool.provider())
        : provider.configName();
  }

  private static Provider provider(WebhookEvent event, ToolConfig tool) {
    String named = tool.provider().toLowerCase(Locale.ROOT);
    for (Provider provider : Provider.values()) {
      if (provider.configName().equals(named)) {
        return provider;
      }
    }
    return named.isBlank() ? byHeader(event) : Provider.GENERIC;
  }

  private static Provider byHeader(WebhookEvent event) {
    JsonNode headers = event.metadata().path("headers");
    for (Provider provider : Provider.values()) {
      for (Map.Entry<String, JsonNode> header : headers.properties()) {
        if (header.getKey().toLowerCase(Locale.ROOT).equals(provider.header())) {
          return provider;
        }
      }
    }
    return Provider.GENERIC;
  }

  private static String type(Provider.Places places, WebhookEvent event, JsonNode payload) {
    String stated = Alternative.first(places.types(), payload);
    String base = dotted(stated == null ? event.eventType() : stated);
    String action = Alternative.first(places.actions(), payload);
    if (action == null) {
      return base;
    }
    String suffix = "." + dotted(action);
    return base.endsWith(suffix) ? base : base + suffix;
  }

  /** {@code orders/create}, {@code repo:push} and {@code Push Hook} all in one notation. */
  private static String dotted(String type) {
    return type.toLowerCase(Locale.ROOT).replace('/', '.').replace(':', '.').replace(' ', '_');
  }

  private static Instant time(Provider.Places places, WebhookEvent event, JsonNode payload) {
    String text = Alternative.first(places.times(), payload);
    Instant stated = text == null ? null : instant(text);
    return stated == null ? event.timestamp() : stated;
  }

  /** RFC 3339, with or without a colon in the offset, or seconds since 1970. */
  private static @Nullable Instant instant(String text) {
    try {
      if (Character.isDigit(text.charAt(0)) && text.length() < 20 && text.indexOf('-') < 0) {
        BigDecimal seconds = new BigDecimal(text);
        boolean plausible = seconds.signum() > 0 && seconds.compareTo(LATEST_SECOND) < 0;
        return plausible
            ? Instant.ofEpochMilli(seconds.movePointRight(3).toBigInteger().longValueExact())
            : null;
      }
      return IsoTime.parse(text);
    } catch (DateTimeException | NumberFormatException notATime) {
      return null;
    }
  }

  private static @Nullable String tenant(
      Provider.Places places, WebhookEvent event, ToolConfig tool, JsonNode payload) {
    String ofEvent = or(event.tenantId(), tool.tenantId());
    return or(ofEvent, Alternative.first(places.tenants(), payload));
  }

  private static @Nullable String or(@Nullable String value, @Nullable String otherwise) {
    String found = value == null ? otherwise : value;
    return found == null ? null : Alternative.printable(found);
  }
}
