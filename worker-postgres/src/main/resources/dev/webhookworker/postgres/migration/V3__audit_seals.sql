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

-- Chains the seals of all days: a link for each block and, as block 0, for each day that was dropped
-- at the end of its retention.
CREATE TABLE webhook_audit_chain (
  seq   bigint  PRIMARY KEY,
  day   date    NOT NULL,
  block integer NOT NULL,
  hash  bytea   NOT NULL,
  link  bytea   NOT NULL
);

-- One row: how far ids are sealed, and the mark that becomes the next end once every transaction that
-- may hold a smaller id is over; where the chain begins, after what was dropped long ago, and where
-- it ends.
CREATE TABLE webhook_audit_sealed (
  only_row        boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
  through_id      bigint      NOT NULL DEFAULT 0,
  next_id         bigint      NOT NULL DEFAULT 0,
  next_xid        xid8        NOT NULL DEFAULT '0',
  marked_at       timestamptz NOT NULL DEFAULT now(),
  chain_base      bigint      NOT NULL DEFAULT 0,
  chain_base_link bytea       NOT NULL DEFAULT '',
  chain_head      bigint      NOT NULL DEFAULT 0,
  chain_head_link bytea       NOT NULL DEFAULT ''
);
INSERT INTO webhook_audit_sealed DEFAULT VALUES;
