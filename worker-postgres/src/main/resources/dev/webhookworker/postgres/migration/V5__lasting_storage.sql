-- Pages of stored events by time, which a replay of a big day reads. On the time alone, which grows
-- from row to row: an insert meets the last page of the index, and equal times are sorted as they
-- are read.
DROP INDEX webhook_events_time;
CREATE INDEX webhook_events_received ON webhook_events (received_at);

-- Groups of one cause are counted from the index alone, whatever their status.
DROP INDEX webhook_dlq_fingerprint;
CREATE INDEX webhook_dlq_fingerprint ON webhook_dlq (fingerprint, dead_at) INCLUDE (status);

-- Grows each time that a worker takes the role of draining a queue; one that has lost it without
-- knowing writes nothing more.
ALTER TABLE webhook_dlq_position ADD COLUMN fence bigint NOT NULL DEFAULT 0;
ALTER TABLE webhook_dlq_position ALTER COLUMN position DROP NOT NULL;

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

-- Chains the seals of all days: a link for each block and, as block 0, for each day that was dropped
-- at the end of its retention (docs/storage.md, "The audit log").
CREATE TABLE webhook_audit_chain (
  seq   bigint  PRIMARY KEY,
  day   date    NOT NULL,
  block integer NOT NULL,
  hash  bytea   NOT NULL,
  link  bytea   NOT NULL
);
-- Where the chain begins, after what was dropped long ago, and where it ends.
ALTER TABLE webhook_audit_sealed
  ADD COLUMN chain_base      bigint NOT NULL DEFAULT 0,
  ADD COLUMN chain_base_link bytea  NOT NULL DEFAULT '',
  ADD COLUMN chain_head      bigint NOT NULL DEFAULT 0,
  ADD COLUMN chain_head_link bytea  NOT NULL DEFAULT '';
