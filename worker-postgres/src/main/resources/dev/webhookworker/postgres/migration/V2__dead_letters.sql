-- Dead letters as operators know them, one row an entry. "record" is the rest of why it is dead;
-- dlq_ms and dlq_seq are its position in the DLQ stream, by which a row knows an older state from a
-- newer. "leaving" marks what was discarded here and has still to leave the DLQ stream.
CREATE TABLE webhook_dlq (
  id                uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
  entry_id          text        NOT NULL UNIQUE,
  event_id          text        NOT NULL,
  event_type        text        NOT NULL,
  payload           text        NOT NULL,
  raw_payload       bytea,
  error_message     text        NOT NULL,
  retry_count       integer     NOT NULL DEFAULT 0,
  last_retry_at     timestamptz,
  created_at        timestamptz NOT NULL DEFAULT now(),
  status            text        NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'retrying', 'failed', 'resolved', 'discarded')),
  metadata          jsonb       NOT NULL DEFAULT '{}',
  fields            json        NOT NULL DEFAULT '{}',
  record            json        NOT NULL DEFAULT '{}',
  tool_id           text,
  tenant_id         text,
  reason            text        NOT NULL DEFAULT '',
  error_class       text        NOT NULL DEFAULT '',
  fingerprint       text        NOT NULL DEFAULT '',
  retryable         boolean     NOT NULL DEFAULT false,
  failures          integer     NOT NULL DEFAULT 0,
  worker            text        NOT NULL DEFAULT '',
  first_received_at timestamptz NOT NULL DEFAULT now(),
  dead_at           timestamptz NOT NULL DEFAULT now(),
  next_retry_at     timestamptz,
  ended_at          timestamptz,
  dlq_ms            bigint      NOT NULL DEFAULT 0,
  dlq_seq           bigint      NOT NULL DEFAULT 0,
  leaving           boolean     NOT NULL DEFAULT false
);
CREATE INDEX webhook_dlq_event ON webhook_dlq (event_id);
-- Lists and counts by status, and all of them.
CREATE INDEX webhook_dlq_status ON webhook_dlq (status, dead_at, entry_id);
CREATE INDEX webhook_dlq_dead ON webhook_dlq (dead_at, entry_id);
-- Lists of one tenant.
CREATE INDEX webhook_dlq_tenant ON webhook_dlq (tenant_id, dead_at, entry_id);
-- Groups of one cause are counted from the index alone, whatever their status; their samples.
CREATE INDEX webhook_dlq_fingerprint ON webhook_dlq (fingerprint, dead_at) INCLUDE (status);
-- What the worker retries by itself, what it looks after while it is retried, and what it has still
-- to take from the DLQ stream.
CREATE INDEX webhook_dlq_due ON webhook_dlq (next_retry_at)
  WHERE status = 'pending' AND next_retry_at IS NOT NULL;
CREATE INDEX webhook_dlq_retrying ON webhook_dlq (last_retry_at) WHERE status = 'retrying';
CREATE INDEX webhook_dlq_leaving ON webhook_dlq (entry_id) WHERE leaving;

-- Up to where each DLQ stream was drained; moved in the transaction that writes the rows. The fence
-- grows each time that a worker takes the role of draining a queue; one that has lost it without
-- knowing writes nothing more.
CREATE TABLE webhook_dlq_position (
  queue    text   PRIMARY KEY,
  position text,
  fence    bigint NOT NULL DEFAULT 0
);

-- Dead letters that webhook_dlq refuses; they are in the DLQ stream alone, and are looked up there.
CREATE TABLE webhook_dlq_refused (
  entry_id   text        PRIMARY KEY,
  sql_state  text        NOT NULL,
  refused_at timestamptz NOT NULL DEFAULT now()
);

-- Both versions of edited payloads, beside the append-only log so that they can be erased. The audit
-- line of the edit has the hash: SHA-256 over the salt and both versions, encrypted values masked.
CREATE TABLE webhook_dlq_edit (
  hash      text        PRIMARY KEY,
  entry_id  text        NOT NULL,
  event_id  text        NOT NULL,
  tenant_id text,
  edited_at timestamptz NOT NULL DEFAULT now(),
  salt      bytea       NOT NULL,
  before    text        NOT NULL,
  after     text        NOT NULL
);
-- Erasure, and the story of an event.
CREATE INDEX webhook_dlq_edit_event ON webhook_dlq_edit (event_id);
-- Retention.
CREATE INDEX webhook_dlq_edit_age ON webhook_dlq_edit (edited_at);
