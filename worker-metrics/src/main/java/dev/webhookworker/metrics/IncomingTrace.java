package dev.webhookworker.metrics;

import dev.webhookworker.TraceRelation;
import dev.webhookworker.spi.TraceParent;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import java.util.Map;
import java.util.Optional;

/**
 * The context of what begins with a trace from elsewhere: its parent, or a link, which {@link
 * LinkedTraceHandler} makes.
 */
final class IncomingTrace extends ReceiverContext<Map<String, String>> {

  private final Optional<TraceParent> link;

  private IncomingTrace(Kind kind, Optional<TraceParent> parent, Optional<TraceParent> link) {
    super(Map::get, kind);
    setCarrier(parent.map(one -> Map.of(TraceParent.FIELD, one.text())).orElse(Map.of()));
    this.link = link;
  }

  static IncomingTrace of(Kind kind, Optional<TraceParent> sender, TraceRelation relation) {
    return switch (relation) {
      case PARENT -> new IncomingTrace(kind, sender, Optional.empty());
      case LINK -> new IncomingTrace(kind, Optional.empty(), sender);
      case IGNORE -> new IncomingTrace(kind, Optional.empty(), Optional.empty());
    };
  }

  /** The trace to be linked to; empty for none. */
  Optional<TraceParent> link() {
    return link;
  }
}
