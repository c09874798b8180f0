package dev.webhookworker.ingest;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a provider says what happened.
 *
 * @param typeHeader names the event's type; null when only the body does
 * @param typePointers JSON Pointers to the type, tried in order after the header
 * @param idPointer JSON Pointer to an id of the event in the body; null when it has none
 * @param deliveryHeader the provider's id of the delivery, for people: no signature covers it
 * @param repositoryPointers what the event is about
 * @param actorPointers who did it
 */
record Provider(
    @Nullable String typeHeader,
    List<String> typePointers,
    @Nullable String idPointer,
    @Nullable String deliveryHeader,
    List<String> repositoryPointers,
    List<String> actorPointers) {

  private static final String SHOPIFY_TOPIC = "X-Shopify-Topic";

  private static final Provider OTHER =
      new Provider(
          null, List.of("/type", "/event_type", "/event"), null, null, List.of(), List.of());

  private static final List<String> REPOSITORY =
      List.of("/repository/full_name", "/project/path_with_namespace");
  private static final List<String> ACTOR =
      List.of("/sender/login", "/actor/nickname", "/actor/display_name", "/user_username");

  private static final Map<String, Provider> KNOWN =
      Map.ofEntries(
          Map.entry("github", git("X-GitHub-Event", "X-GitHub-Delivery")),
          Map.entry("gitea", git("X-Gitea-Event", "X-Gitea-Delivery")),
          Map.entry("forgejo", git("X-Forgejo-Event", "X-Forgejo-Delivery")),
          Map.entry("gogs", git("X-Gogs-Event", "X-Gogs-Delivery")),
          Map.entry("bitbucket", git("X-Event-Key", "X-Request-UUID")),
          Map.entry(
              "gitlab",
              new Provider(
                  null,
                  List.of("/object_kind", "/event_name"),
                  null,
                  "X-Gitlab-Event-UUID",
                  REPOSITORY,
                  List.of("/user/username", "/user_username"))),
          Map.entry(
              "stripe", new Provider(null, List.of("/type"), "/id", null, List.of(), List.of())),
          Map.entry(
              "slack",
              new Provider(
                  null,
                  List.of("/event/type", "/command", "/type"),
                  "/event_id",
                  null,
                  List.of(),
                  List.of("/event/user", "/user_name", "/user/username"))),
          Map.entry(
              "shopify",
              new Provider(
                  SHOPIFY_TOPIC, List.of(), null, "X-Shopify-Webhook-Id", List.of(), List.of())),
          Map.entry(
              "twilio",
              new Provider(
                  null,
                  List.of("/EventType", "/MessageStatus", "/SmsStatus", "/CallStatus"),
                  null,
                  "I-Twilio-Idempotency-Token",
                  List.of(),
                  List.of("/From"))),
          Map.entry(
              "discord",
              new Provider(
                  null, List.of("/event/type"), null, null, List.of(), List.of("/user/username"))),
          Map.entry(
              "zoom", new Provider(null, List.of("/event"), null, null, List.of(), List.of())),
          Map.entry(
              "meta", new Provider(null, List.of("/object"), null, null, List.of(), List.of())));

  private static Provider git(String typeHeader, String deliveryHeader) {
    return new Provider(typeHeader, List.of(), null, deliveryHeader, REPOSITORY, ACTOR);
  }

  /** Whether events of different types may have the same body: only the header tells them apart. */
  boolean repeatsBodies() {
    return SHOPIFY_TOPIC.equals(typeHeader);
  }

  /** The provider of that name; what is usual for one that isn't known. */
  static Provider named(String name) {
    return KNOWN.getOrDefault(name.toLowerCase(Locale.ROOT), OTHER);
  }
}
