package dev.webhookworker.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.EventPublisher;
import dev.webhookworker.IngestSettings;
import dev.webhookworker.OutgoingEvent;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.retry.Redaction;
import dev.webhookworker.signature.Authentication;
import dev.webhookworker.signature.AuthenticationReader;
import dev.webhookworker.spi.SignedRequest;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.ToolDirectory;
import dev.webhookworker.spi.Tracing;
import dev.webhookworker.spi.Tracing.CallTrace;
import dev.webhookworker.spi.Verification;
import dev.webhookworker.spi.WorkerListener;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From an HTTP request to an event on the stream (docs/ingest.md). A plain function: {@link
 * IngestHandler} mounts it on the JDK's HttpServer, a controller of any framework can call it.
 * Thread-safe.
 */
public final class IngestEndpoint {

  private static final Logger LOG = LoggerFactory.getLogger(IngestEndpoint.class);

  private final ToolDirectory tools;
  private final EventPublisher publisher;
  private final IngestSettings settings;
  private final AuthenticationReader authentications;
  private final Clients clients;
  private final RateLimit clientLimit;
  private final RateLimit endpointLimit;
  private final ToldOnceAMinute unusableTools;
  private final PayloadReader payloads;
  private final EventMaker events;
  private final Tracing tracing;
  private final Supplier<OptionalLong> depth;
  private final WorkerListener listener;
  private final Clock clock;
  private final Map<Integer, LongAdder> answers = new ConcurrentHashMap<>();

  IngestEndpoint(IngestEndpointBuilder parts) {
    tools = parts.tools;
    publisher = parts.publisher;
    settings = parts.settings;
    authentications = new AuthenticationReader(parts.verifiers);
    clients = new Clients(settings.trustedProxies().stream().map(AddressBlock::parse).toList());
    clientLimit = new RateLimit(settings.clientRate(), parts.nanoTime);
    endpointLimit = new RateLimit(settings.endpointRate(), parts.nanoTime);
    unusableTools = new ToldOnceAMinute(parts.nanoTime);
    payloads = new PayloadReader(parts.limits);
    events = new EventMaker(parts.limits, parts.signatures, parts.traces);
    tracing = parts.tracing;
    depth = parts.depth;
    listener = parts.listener;
    clock = parts.clock;
  }

  /** An endpoint for these tools; {@code Worker.ingest} makes one with the worker's own. */
  public static IngestEndpointBuilder builder(ToolDirectory tools, EventPublisher publisher) {
    return new IngestEndpointBuilder(tools, publisher);
  }

  /** Takes one request to its answer; throws nothing that a request may be to blame for. */
  public IngestResponse receive(IngestRequest request) {
    IngestResponse response;
    try {
      response = accept(request);
    } catch (Refusal refusal) {
      LOG.atDebug()
          .addKeyValue("status", refusal.response().status())
          .addKeyValue("reason", refusal.reason())
          .log("A request was refused");
      response = refusal.response();
    } catch (RuntimeException bug) {
      answered(500);
      throw bug;
    }
    answered(response.status());
    return response;
  }

  private void answered(int status) {
    answers.computeIfAbsent(status, first -> new LongAdder()).increment();
    listener.requestAnswered(status);
  }

  private IngestResponse accept(IngestRequest request) throws Refusal {
    Instant now = clock.instant();
    ToolConfig tool = toolAt(request.path());
    Access access = accessTo(tool);
    String client = admitted(request, access);
    within(clientLimit, request.path() + " " + client, "client_rate");
    if (!request.method().equals("POST")) {
      return subscription(request, access);
    }
    payloads.check(request);
    byte[] body = payloads.body(request);
    byte[] covered = payloads.signedPart(tool.provider(), request, body);
    String signedId = verified(request, covered, access, now);
    within(endpointLimit, request.path(), "endpoint_rate");
    Payload payload = payloads.payload(request, body);
    JsonNode tree = tree(payload);
    Optional<IngestResponse> handshake =
        Handshakes.answer(
            access.authentication(),
            tree,
            signed -> signed.secretOf(signed(request, covered, signed), now));
    if (handshake.isPresent()) {
      return handshake.get();
    }
    checkDepth();
    OutgoingEvent event =
        events.event(tool, access.authentication(), signedId, request, covered, payload, tree, now);
    try (CallTrace trace = tracing.accept(events.senderTrace(request), tool.id())) {
      publish(event, tool);
      trace.ended("published", true);
    }
    return IngestResponse.accepted(
        access.authentication(), event.fields().getOrDefault("event_id", ""));
  }

  private ToolConfig toolAt(String path) throws Refusal {
    try {
      return tools.byPath(path).filter(ToolConfig::active).orElseThrow(Refusal::notFound);
    } catch (Refusal unknown) {
      throw unknown;
    } catch (Exception directoryAway) {
      LOG.atWarn()
          .addKeyValue("error", Redaction.messageOf(directoryAway))
          .log("The tool of a request can't be looked up; the sender is asked to come again");
      throw Refusal.unavailable(settings.retryAfter(), "directory_unavailable");
    }
  }

  /** A tool that can't be used lets nobody in, and loses nothing: senders come again. */
  private Access accessTo(ToolConfig tool) throws Refusal {
    try {
      return Access.of(tool, authentications);
    } catch (IllegalArgumentException unusable) {
      if (unusableTools.isDue(tool.id())) {
        LOG.atError()
            .addKeyValue("tool_id", tool.id())
            .addKeyValue("problem", unusable.getMessage())
            .log(
                "The configuration of tool '{}' can't be used, so its senders are asked to come"
                    + " again: {}",
                tool.id(),
                unusable.getMessage());
      }
      throw Refusal.unavailable(settings.retryAfter(), "tool_misconfigured");
    }
  }

  private String admitted(IngestRequest request, Access access) throws Refusal {
    Optional<InetAddress> client = clients.of(request);
    if (!access.allows(client)) {
      throw Refusal.forbidden();
    }
    return client.map(IngestEndpoint::networkOf).orElse("");
  }

  /** An IPv6 client has a whole /64 to itself. */
  private static String networkOf(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4 ? address.getHostAddress() : HexFormat.of().formatHex(bytes, 0, 8);
  }

  private static void within(RateLimit limit, String key, String reason) throws Refusal {
    Optional<Duration> wait = limit.take(key);
    if (wait.isPresent()) {
      throw Refusal.tooMany(wait.get(), reason);
    }
  }

  private static IngestResponse subscription(IngestRequest request, Access access) throws Refusal {
    Optional<IngestResponse> answer =
        request.method().equals("GET")
            ? Handshakes.subscription(access.authentication(), request.query())
            : Optional.empty();
    return answer.orElseThrow(Refusal::method);
  }

  private @Nullable String verified(IngestRequest request, byte[] body, Access access, Instant now)
      throws Refusal {
    Authentication authentication = access.authentication();
    if (authentication == null) {
      return null;
    }
    Verification verification = authentication.verify(signed(request, body, authentication), now);
    if (verification instanceof Verification.Valid valid) {
      return valid.signedId();
    }
    throw Refusal.unauthorized(((Verification.Invalid) verification).reason().code());
  }

  private SignedRequest signed(IngestRequest request, byte[] body, Authentication authentication) {
    String publicUrl = authentication.publicUrl();
    String url =
        publicUrl == null ? clients.url(request) : Clients.withQuery(publicUrl, request.query());
    return SignedRequest.of(request.method(), url, request.headers(), body);
  }

  private static JsonNode tree(Payload payload) {
    try {
      return Json.MAPPER.readTree(payload.json());
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("JSON was changed after it had been checked", impossible);
    }
  }

  private void checkDepth() throws Refusal {
    OptionalLong waiting = depth.get();
    if (waiting.isPresent() && waiting.getAsLong() > settings.maxDepth()) {
      throw Refusal.unavailable(settings.retryAfter(), "queue_full");
    }
  }

  private void publish(OutgoingEvent event, ToolConfig tool) throws Refusal {
    try {
      String entryId = publisher.publish(event);
      LOG.atDebug()
          .addKeyValue("event_id", event.fields().get("event_id"))
          .addKeyValue("event_type", event.fields().get("event_type"))
          .addKeyValue("tool_id", tool.id())
          .addKeyValue("entry_id", entryId)
          .log("Accepted");
    } catch (EventPublisher.PublishException notPublished) {
      LOG.atWarn()
          .addKeyValue("tool_id", tool.id())
          .addKeyValue("error", Redaction.messageOf(notPublished))
          .log("An event could not be put on the stream; the sender is asked to come again");
      throw Refusal.unavailable(settings.retryAfter(), "not_published");
    }
  }

  /** How many requests were answered with each status since the start. */
  public Map<Integer, Long> answers() {
    Map<Integer, Long> counts = new TreeMap<>();
    answers.forEach((status, count) -> counts.put(status, count.sum()));
    return counts;
  }
}
