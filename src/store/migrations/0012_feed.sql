-- Writes that may be sent twice: what was asked (hash) and what was answered (encrypted), for 24 hours.

create table idempotency (
  -- Keyed hashes of who asked and of their Idempotency-Key.
  caller bytea not null,
  key bytea not null,
  -- Keyed hash of method, path and body: the same key with another request is refused.
  request bytea not null,
  -- Absent while the first one is under way.
  status int,
  answer bytea,
  created_at timestamptz not null default now(),
  primary key (caller, key)
);
create index idempotency_created on idempotency (created_at);
