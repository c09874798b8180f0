package dev.webhookworker.normalize;

import java.util.List;
import java.util.Locale;

/**
 * Where each provider keeps what an envelope holds, in the order in which it is looked for; after
 * the providers' own documentation of their webhooks. docs/normalisation.md shows the same table.
 */
enum Provider {
  /** Before GitHub, whose headers it sends as well. */
  GITEA("x-gitea-event", gitHub()),
  GITHUB("x-github-event", gitHub()),
  GITLAB(
      "x-gitlab-event",
      new Places(
          Alternative.listOf("{/object_kind}", "{/event_name}"),
          Alternative.listOf("{/object_attributes/action}"),
          Alternative.listOf(
              "[/object_kind=merge_request]{/project/path_with_namespace}!{/object_attributes/iid}",
              "{/project/path_with_namespace}!{/merge_request/iid}",
              "[/object_kind=issue]{/project/path_with_namespace}#{/object_attributes/iid}",
              "{/project/path_with_namespace}#{/issue/iid}",
              "{/project/path_with_namespace}@{/object_attributes/ref}",
              "{/project/path_with_namespace}@{/tag}",
              "{/project/path_with_namespace}@{/ref}",
              "{/project/path_with_namespace}",
              "{/path_with_namespace}",
              "{/group_path}"),
          Alternative.listOf("{/user/username}", "{/user_username}", "{/user_name}"),
          Alternative.listOf(),
          Alternative.listOf("{/project/namespace}", "{/group_path}"),
          Alternative.listOf(
              "{/object_attributes/url}", "{/build_url}", "{/url}", "{/project/web_url}"))),
  STRIPE(
      "stripe-signature",
      new Places(
          Alternative.listOf("{/type}"),
          Alternative.listOf(),
          Alternative.listOf("{/data/object/object}/{/data/object/id}", "{/data/object/object}"),
          Alternative.listOf("{/data/object/customer}", "{/account}"),
          Alternative.listOf("{/created}"),
          Alternative.listOf("{/account}"),
          Alternative.listOf())),
  SLACK(
      "x-slack-signature",
      new Places(
          Alternative.listOf("{/event/type}", "{/type}"),
          Alternative.listOf(),
          Alternative.listOf(
              "{/event/channel}",
              "{/event/channel/id}",
              "{/event/item/channel}",
              "{/channel/id}",
              "{/team_id}",
              "{/team/id}"),
          Alternative.listOf(
              "{/event/user}", "{/event/user/id}", "{/user/id}", "{/user_id}", "{/event/bot_id}"),
          Alternative.listOf("{/event_time}"),
          Alternative.listOf("{/team_id}", "{/team/id}"),
          Alternative.listOf())),
  SHOPIFY(
      "x-shopify-topic",
      new Places(
          Alternative.listOf(),
          Alternative.listOf(),
          Alternative.listOf("{/admin_graphql_api_id}", "{/id}", "{/myshopify_domain}"),
          Alternative.listOf("{/customer/id}", "{/user_id}"),
          Alternative.listOf("{/updated_at}", "{/created_at}"),
          Alternative.listOf("{/myshopify_domain}", "{/shop_domain}"),
          Alternative.listOf())),
  BITBUCKET(
      "x-event-key",
      new Places(
          Alternative.listOf(),
          Alternative.listOf(),
          Alternative.listOf(
              "{/repository/full_name}#{/pullrequest/id}",
              "{/repository/full_name}#{/issue/id}",
              "{/repository/full_name}@{/push/changes/0/new/name}",
              "{/repository/full_name}@{/push/changes/0/old/name}",
              "{/repository/full_name}@{/commit_status/commit/hash}",
              "{/repository/full_name}",
              "{/pullRequest/toRef/repository/project/key}/{/pullRequest/toRef/repository/slug}#{/pullRequest/id}",
              "{/repository/project/key}/{/repository/slug}"),
          Alternative.listOf("{/actor/nickname}", "{/actor/display_name}", "{/actor/name}"),
          Alternative.listOf("{/date}"),
          Alternative.listOf("{/repository/workspace/slug}", "{/repository/project/key}"),
          Alternative.listOf(
              "{/comment/links/html/href}",
              "{/pullrequest/links/html/href}",
              "{/issue/links/html/href}",
              "{/repository/links/html/href}"))),
  DISCORD(
      "x-signature-ed25519",
      new Places(
          Alternative.listOf("{/event/type}"),
          Alternative.listOf(),
          Alternative.listOf(
              "{/event/data/guild/id}",
              "{/guild_id}",
              "{/channel_id}",
              "{/event/data/user_id}",
              "{/application_id}"),
          Alternative.listOf(
              "{/event/data/user/username}",
              "{/event/data/user_id}",
              "{/member/user/username}",
              "{/user/username}"),
          Alternative.listOf("{/event/timestamp}"),
          Alternative.listOf("{/event/data/guild/id}", "{/guild_id}"),
          Alternative.listOf())),
  GENERIC(
      "",
      new Places(
          Alternative.listOf(),
          Alternative.listOf(),
          Alternative.listOf("{/subject}", "{/data/id}", "{/id}"),
          Alternative.listOf("{/actor}", "{/actor/id}", "{/user}", "{/user/id}"),
          Alternative.listOf("{/time}", "{/timestamp}"),
          Alternative.listOf("{/tenant}", "{/tenant_id}"),
          Alternative.listOf("{/url}")));

  /**
   * @param types in place of the entry's event type
   * @param actions appended to the type
   */
  record Places(
      List<Alternative> types,
      List<Alternative> actions,
      List<Alternative> subjects,
      List<Alternative> actors,
      List<Alternative> times,
      List<Alternative> tenants,
      List<Alternative> urls) {}

  private final String header;

  @SuppressWarnings("ImmutableEnumChecker") // a record of immutable lists
  private final Places places;

  Provider(String header, Places places) {
    this.header = header;
    this.places = places;
  }

  /** The header, in lower case, that only this provider sends; empty for generic. */
  String header() {
    return header;
  }

  Places places() {
    return places;
  }

  String configName() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static Places gitHub() {
    return new Places(
        Alternative.listOf(),
        Alternative.listOf("{/action}"),
        Alternative.listOf(
            "{/repository/full_name}#{/issue/number}",
            "{/repository/full_name}#{/pull_request/number}",
            "{/repository/full_name}#{/discussion/number}",
            "{/repository/full_name}#{/alert/number}",
            "{/repository/full_name}@{/release/tag_name}",
            "{/repository/full_name}@{/deployment/ref}",
            "{/repository/full_name}@{/check_run/head_sha}",
            "{/repository/full_name}@{/check_suite/head_sha}",
            "{/repository/full_name}@{/workflow_run/head_sha}",
            "{/repository/full_name}@{/workflow_job/head_sha}",
            "{/repository/full_name}@{/merge_group/head_sha}",
            "{/repository/full_name}@{/comment/commit_id}",
            "{/repository/full_name}@{/sha}",
            "{/repository/full_name}@{/ref}",
            "{/repository/full_name}",
            "{/organization/login}",
            "{/installation/account/login}",
            "{/security_advisory/ghsa_id}",
            "{/sponsorship/sponsorable/login}",
            "{/marketplace_purchase/account/login}",
            "{/sender/login}"),
        Alternative.listOf("{/sender/login}", "{/sender/username}", "{/pusher/name}"),
        Alternative.listOf(),
        Alternative.listOf(
            "{/organization/login}",
            "{/repository/owner/login}",
            "{/repository/owner/username}",
            "{/installation/account/login}"),
        Alternative.listOf(
            "{/comment/html_url}",
            "{/review/html_url}",
            "{/issue/html_url}",
            "{/pull_request/html_url}",
            "{/discussion/html_url}",
            "{/alert/html_url}",
            "{/release/html_url}",
            "{/check_run/html_url}",
            "{/workflow_run/html_url}",
            "{/workflow_job/html_url}",
            "{/forkee/html_url}",
            "{/compare}",
            "{/compare_url}",
            "{/commit/html_url}",
            "{/repository/html_url}",
            "{/installation/html_url}",
            "{/sponsorship/sponsorable/html_url}",
            "{/security_advisory/references/0/url}"));
  }
}
