-- What a dead letter is found, grouped and retried by. "record" is the rest of why it is dead; dlq_ms
-- and dlq_seq are its position in the DLQ stream, by which a row knows an older state from a newer.
ALTER TABLE webhook_dlq
  ADD COLUMN raw_payload       bytea,
  ADD COLUMN fields            json        NOT NULL DEFAULT '{}',
  ADD COLUMN record            json        NOT NULL DEFAULT '{}',
  ADD COLUMN tool_id           text,
  ADD COLUMN tenant_id         text,
  ADD COLUMN reason            text        NOT NULL DEFAULT '',
  ADD COLUMN error_class       text        NOT NULL DEFAULT '',
  ADD COLUMN fingerprint       text        NOT NULL DEFAULT '',
  ADD COLUMN retryable         boolean     NOT NULL DEFAULT false,
  ADD COLUMN failures          integer     NOT NULL DEFAULT 0,
  ADD COLUMN worker            text        NOT NULL DEFAULT '',
  ADD COLUMN first_received_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN dead_at           timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN next_retry_at     timestamptz,
  ADD COLUMN ended_at          timestamptz,
  ADD COLUMN dlq_ms            bigint      NOT NULL DEFAULT 0,
  ADD COLUMN dlq_seq           bigint      NOT NULL DEFAULT 0;

-- Lists and counts by status, and all of them.
DROP INDEX webhook_dlq_open;
CREATE INDEX webhook_dlq_status ON webhook_dlq (status, dead_at, entry_id);
CREATE INDEX webhook_dlq_dead ON webhook_dlq (dead_at, entry_id);
-- Lists of one tenant.
CREATE INDEX webhook_dlq_tenant ON webhook_dlq (tenant_id, dead_at, entry_id);
-- Groups of one cause and their samples.
CREATE INDEX webhook_dlq_fingerprint ON webhook_dlq (fingerprint, dead_at);
-- What the worker retries by itself, and what it looks after while it is retried.
CREATE INDEX webhook_dlq_due ON webhook_dlq (next_retry_at)
  WHERE status = 'pending' AND next_retry_at IS NOT NULL;
CREATE INDEX webhook_dlq_retrying ON webhook_dlq (last_retry_at) WHERE status = 'retrying';

-- Up to where each DLQ stream was drained; moved in the transaction that writes the rows.
CREATE TABLE webhook_dlq_position (
  queue    text   PRIMARY KEY,
  position text   NOT NULL
);

-- Searching processed events by time: as good as free for inserts.
CREATE INDEX webhook_events_time ON webhook_events USING brin (received_at);
