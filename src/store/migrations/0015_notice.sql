-- What sources told of their own records, waiting to be asked about; and who looked at what when, so that a slower look
-- never writes over a fresher one.

create table notice (
  id bigint generated always as identity primary key,
  source text not null,
  kind text not null,
  -- The source's key may hold a number: keyed hash to find it again, sealed value to ask with; gone when it is done.
  key_hash bytea not null,
  key_cipher bytea,
  -- Enrolled citizens it is about; null when the source did not say: then it is asked for by its key.
  citizens uuid[],
  change text not null check (change in ('created', 'updated', 'deleted')),
  state text not null default 'open' check (state in ('open', 'done', 'failed')),
  -- Raised by each notice: one that comes while its record is being fetched asks for another fetch.
  times int not null default 1,
  received_at timestamptz not null default clock_timestamp(),
  next_at timestamptz not null default now(),
  attempts int not null default 0,
  error_code text,
  ended_at timestamptz
);
create unique index notice_open on notice (source, kind, key_hash) where state <> 'done';
create index notice_due on notice (source, next_at) where state = 'open';
create index notice_done on notice (ended_at) where state = 'done';
create index notice_citizens on notice using gin (citizens) where state <> 'done';

-- When a look began, and when what it saw was stored: numbers in that order, whatever the clocks say.
create sequence look_position;

-- Looks at named citizens or records (for notices and histories) that have been asked for and not been stored yet.
create table look (
  id bigint primary key,
  source text not null,
  kind text not null,
  -- `c <citizen id>`, `k <stored key>`
  names text[] not null,
  -- Somebody else stored something about one of the names meanwhile: which of the two is fresher nobody knows.
  overtaken boolean not null default false,
  begun_at timestamptz not null default now()
);
create index look_kind on look (source, kind);

-- What such looks have stored, and when. A pull that was asked before keeps its hands off.
create table look_mark (
  source text not null,
  kind text not null,
  name text not null,
  stored bigint not null,
  look bigint not null,
  at timestamptz not null default now(),
  primary key (source, kind, name)
);
create index look_mark_stored on look_mark (source, kind, stored);
create index look_mark_at on look_mark (at);

alter table sync_state add column load_position bigint not null default 0;
