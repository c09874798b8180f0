-- What the janitor has sealed of the audit log: blocks of rows in the order of their ids, chained per
-- day by SHA-256 (docs/storage.md, "The audit log").
CREATE TABLE webhook_audit_seal (
  day           date        NOT NULL,
  block         integer     NOT NULL,
  first_id      bigint      NOT NULL,
  last_id       bigint      NOT NULL,
  row_count     integer     NOT NULL,
  hash          bytea       NOT NULL,
  row_digests   bytea       NOT NULL,
  sealed_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (day, block)
);

-- One row: how far ids are sealed, and the mark that becomes the next end once every transaction that
-- may hold a smaller id is over.
CREATE TABLE webhook_audit_sealed (
  only_row      boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
  through_id    bigint      NOT NULL DEFAULT 0,
  next_id       bigint      NOT NULL DEFAULT 0,
  next_xid      xid8        NOT NULL DEFAULT '0',
  marked_at     timestamptz NOT NULL DEFAULT now()
);
INSERT INTO webhook_audit_sealed DEFAULT VALUES;

-- Serves sealing and verifying, which read ranges of ids; costs next to nothing at an insert.
CREATE INDEX webhook_audit_log_id ON webhook_audit_log USING brin (id) WITH (pages_per_range = 16);
