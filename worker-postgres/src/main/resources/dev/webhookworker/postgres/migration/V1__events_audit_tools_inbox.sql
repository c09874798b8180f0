-- An event is known by the entry that brought it: <ms>-<seq>, of a later partition of the stream
-- <ms>-<seq>@<partition>. Two events may have the same id, and even the same millisecond.

-- Processed events, one row each, by the day of their entry: a redelivery always meets its own row.
-- received_at, entry_seq and partition are the entry; the event id stands before them in the key, so
-- that one index serves the idempotent insert and the search by event id.
CREATE TABLE webhook_events (
  event_id       text        NOT NULL,
  received_at    timestamptz NOT NULL,
  entry_seq      bigint      NOT NULL DEFAULT 0,
  partition      smallint    NOT NULL DEFAULT 0,
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
  PRIMARY KEY (event_id, received_at, entry_seq, partition)
) PARTITION BY RANGE (received_at);

-- Catches what no day's partition takes, so that an insert never fails for want of one.
CREATE TABLE webhook_events_default PARTITION OF webhook_events DEFAULT;

-- Pages of stored events by time, which a replay of a big day reads. On the time alone, which grows
-- from row to row: an insert meets the last page of the index, and equal times are sorted as they
-- are read.
CREATE INDEX webhook_events_received ON webhook_events (received_at);

-- What happened to events, append-only. The index on the event serves its story.
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

-- A line that is written again, because nobody knew whether the first commit had succeeded, is there
-- already. The line of a success needs no such index: it is written with the event's row, or not.
CREATE UNIQUE INDEX webhook_audit_log_line ON webhook_audit_log
  (received_at, entry_id, event_id, action, attempt, at, actor, md5(coalesce(detail, '')))
  WHERE action <> 'processed';

-- Serves sealing and verifying, which read ranges of ids; costs next to nothing at an insert.
CREATE INDEX webhook_audit_log_id ON webhook_audit_log USING brin (id) WITH (pages_per_range = 16);

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
-- Tells every worker at once that a tool has changed (channel webhook_tools, payload schema:id).
CREATE FUNCTION webhook_tools_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('webhook_tools', TG_TABLE_SCHEMA || ':' || coalesce(NEW.id, OLD.id));
  RETURN NULL;
END
$$;
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE ON webhook_tools
  FOR EACH ROW EXECUTE FUNCTION webhook_tools_changed();

-- The transactional inbox: a row commits together with what the handler wrote. An entry runs once.
-- So does an event that comes by two entries because its mark was lost: the same tenant, id and
-- body. Another body under a known id is another event, and another tenant's id is another id.
CREATE TABLE webhook_inbox (
  event_id     text        NOT NULL,
  entry_id     text        PRIMARY KEY,
  processed_at timestamptz NOT NULL DEFAULT now(),
  tenant_id    text        NOT NULL DEFAULT '',
  body_hash    text        NOT NULL DEFAULT '',
  UNIQUE (event_id, tenant_id, body_hash)
);
CREATE INDEX webhook_inbox_age ON webhook_inbox (processed_at);

-- How far the rotation to a key has come, so that it goes on where it was stopped.
CREATE TABLE webhook_key_rotation (
  key_id      text        NOT NULL,
  place       text        NOT NULL,
  event_id    text        NOT NULL DEFAULT '',
  received_at timestamptz NOT NULL DEFAULT '-infinity',
  entry_id    text        NOT NULL DEFAULT '',
  done_at     timestamptz,
  PRIMARY KEY (key_id, place)
);
