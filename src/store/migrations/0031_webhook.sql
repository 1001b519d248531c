-- Webhooks of consumer systems: where to, signed with what, and an outbox of hints. A hint says that there is something to
-- read, never what or about whom: no body is kept. Addresses and secrets are sealed.
create table webhook (
  id uuid primary key,
  consumer text not null,
  url bytea not null,
  -- Where it goes, for operators: the rest of an address may hold a token.
  host text not null,
  signature text not null check (signature in ('hmac', 'ed25519')),
  -- Whoever it looks as, as JSON; sealed.
  actor bytea not null,
  state text not null default 'unverified' check (state in ('unverified', 'active', 'disabled')),
  reason text check (reason in ('gone', 'failing', 'unregistered')),
  state_since timestamptz not null,
  created_at timestamptz not null,
  -- Change rows up to here have been looked at.
  position bigint not null default 0,
  -- While what its reader sees is looked at for the first time: citizens up to and including this one; null: done.
  walked uuid,
  -- Hints so far.
  events bigint not null default 0,
  last_event_at timestamptz,
  -- The receiver asked for quiet until then.
  not_before timestamptz,
  last_delivered_at timestamptz,
  check ((state = 'disabled') = (reason is not null))
);
create index webhook_consumer on webhook (consumer);

create table webhook_secret (
  id uuid primary key,
  webhook uuid not null references webhook on delete cascade,
  secret bytea not null,
  made_at timestamptz not null,
  -- Signs beside its successor until then; null: the current one.
  ends_at timestamptz
);
create index webhook_secret_of on webhook_secret (webhook);

-- What its reader saw of a citizen when it last looked, as a keyed hash: only what differs is news.
create table webhook_told (
  webhook uuid not null references webhook on delete cascade,
  citizen_id uuid not null,
  mark bytea not null,
  primary key (webhook, citizen_id)
);

create table webhook_delivery (
  id uuid primary key,
  webhook uuid not null references webhook on delete cascade,
  kind text not null check (kind in ('challenge', 'hint')),
  -- The hint's number among its webhook's; null for a challenge.
  event bigint,
  created_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed', 'dropped')),
  -- Of the series under way; one that is sent again begins anew.
  attempts int not null default 0,
  next_at timestamptz not null,
  -- Set while it is being sent; what a killed worker leaves is sent again.
  sending_at timestamptz,
  check ((kind = 'hint') = (event is not null))
);
create index webhook_delivery_due on webhook_delivery (next_at) where state = 'waiting';
create index webhook_delivery_of on webhook_delivery (webhook, created_at, id);

create table webhook_attempt (
  delivery uuid not null references webhook_delivery on delete cascade,
  at timestamptz not null,
  -- A class of answer or of failure; nothing of what was answered.
  outcome text not null,
  ms int not null
);
create index webhook_attempt_of on webhook_attempt (delivery, at);

-- How far each consumer has proven to be with the page it acknowledged last: what a hint's cursor goes on from.
alter table consumer add column position bigint, add column walked uuid, add column reader bytea;
