package dev.webhookworker.pipeline;

import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.forward.ToolEvents;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.spi.ToolConfigExtractor;
import dev.webhookworker.tool.ToolLookup;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What makes events of entries and finds their tools. Thread-safe. */
public final class EntryReader implements ToolEvents {

  final EventDecoder decoder;
  final OtherFormats otherFormats;
  final ToolLookup tools;

  /**
   * @param extractors in any order
   */
  public EntryReader(WorkerConfig config, List<ToolConfigExtractor> extractors) {
    decoder = new EventDecoder(config.limits());
    otherFormats = new OtherFormats(decoder, config.limits());
    tools = new ToolLookup(extractors, config.tools());
  }

  @Override
  public Optional<WebhookEvent> of(String toolId, String entryId, EntryFields fields)
      throws Exception {
    WebhookEvent event = event(entryId, fields);
    try {
      return event != null && tools.toolOf(event).id().equals(toolId)
          ? Optional.of(event)
          : Optional.empty();
    } catch (NonRetryableException neverProcessed) {
      return Optional.empty();
    }
  }

  private @Nullable WebhookEvent event(String entryId, EntryFields fields) {
    return decoder.decode(entryId, fields) instanceof Decoded.Event decoded
        ? decoded.event()
        : otherFormats.unparsed(entryId, fields);
  }
}
