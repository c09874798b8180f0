-- Processed events, one row each, by the day of their stream entry: a redelivery always meets its
-- own row. The primary key serves the idempotent insert and the search by event id.
CREATE TABLE webhook_events (
  event_id       text        NOT NULL,
  received_at    timestamptz NOT NULL,
  entry_id       text        NOT NULL,
  event_type     text        NOT NULL,
  tool_id        text        NOT NULL,
  tenant_id      text,
  repo_name      text,
  sender_name    text,
  payload        json        NOT NULL,
  result         json,
  auth_context   json,
  metadata       json,
  correlation_id text        NOT NULL,
  attempt        integer     NOT NULL,
  processed_at   timestamptz NOT NULL,
  worker         text        NOT NULL,
  PRIMARY KEY (event_id, received_at)
) PARTITION BY RANGE (received_at);

-- Catches what no day's partition takes, so that an insert never fails for want of one.
CREATE TABLE webhook_events_default PARTITION OF webhook_events DEFAULT;

-- What happened to events, append-only. The index serves one event's story.
CREATE TABLE webhook_audit_log (
  id          bigint      GENERATED ALWAYS AS IDENTITY,
  received_at timestamptz NOT NULL,
  at          timestamptz NOT NULL,
  entry_id    text        NOT NULL,
  event_id    text        NOT NULL,
  action      text        NOT NULL,
  attempt     integer     NOT NULL,
  actor       text        NOT NULL,
  detail      text
) PARTITION BY RANGE (received_at);
CREATE TABLE webhook_audit_log_default PARTITION OF webhook_audit_log DEFAULT;
CREATE INDEX webhook_audit_log_event ON webhook_audit_log (event_id, received_at);

CREATE FUNCTION webhook_audit_log_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'webhook_audit_log is append-only: % refused', TG_OP
    USING HINT = 'Old days are dropped as whole partitions.';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON webhook_audit_log
  FOR EACH ROW EXECUTE FUNCTION webhook_audit_log_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON webhook_audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION webhook_audit_log_append_only();
-- A partition inherits the triggers of rows, not those of statements.
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON webhook_audit_log_default
  FOR EACH STATEMENT EXECUTE FUNCTION webhook_audit_log_append_only();

-- Dead letters as operators know them.
CREATE TABLE webhook_dlq (
  id            uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
  entry_id      text        NOT NULL UNIQUE,
  event_id      text        NOT NULL,
  event_type    text        NOT NULL,
  payload       text        NOT NULL,
  error_message text        NOT NULL,
  retry_count   integer     NOT NULL DEFAULT 0,
  last_retry_at timestamptz,
  created_at    timestamptz NOT NULL DEFAULT now(),
  status        text        NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'retrying', 'failed', 'resolved', 'discarded')),
  metadata      jsonb       NOT NULL DEFAULT '{}'
);
-- Serves the list of the open ones, newest first.
CREATE INDEX webhook_dlq_open ON webhook_dlq (status, created_at DESC, id);
CREATE INDEX webhook_dlq_event ON webhook_dlq (event_id);

CREATE TABLE webhook_tools (
  id             text        PRIMARY KEY,
  tool_name      text        NOT NULL,
  provider       text        NOT NULL DEFAULT '',
  tenant_id      text,
  status         text        NOT NULL DEFAULT 'active',
  webhook_config jsonb       NOT NULL DEFAULT '{}',
  version        bigint      NOT NULL DEFAULT 1,
  updated_at     timestamptz NOT NULL DEFAULT now()
);

-- The transactional inbox: a row commits together with what the handler wrote.
CREATE TABLE webhook_inbox (
  event_id     text        PRIMARY KEY,
  entry_id     text        NOT NULL,
  processed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX webhook_inbox_age ON webhook_inbox (processed_at);
