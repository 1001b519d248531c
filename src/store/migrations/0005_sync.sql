-- Synchronisation: schedules, checkpoints, runs, quarantine, held deletions, drift. Postgres is the truth; the queue executes.

create table sync_state (
  source text not null,
  kind text not null,
  checkpoint jsonb,
  -- The complete pull under way (or last one): what it sees is stamped with its number.
  load bigint not null default 0,
  load_started_at timestamptz,
  load_complete boolean not null default true,
  -- Sweep what this load does not see? Off for a reload, and once a record's key could not be read.
  load_sweep boolean not null default true,
  -- Records served so far in this load, for comparing with the source's own total.
  load_served bigint not null default 0,
  load_pages bigint not null default 0,
  -- Start of the last complete pull that ended, and the end of the last complete run of any sort.
  last_load_started_at timestamptz,
  last_complete_at timestamptz,
  -- When a complete load last ended that swept (or was the first): the weekly reconcile counts from here.
  last_sweep_at timestamptz,
  mapping_version text,
  reload_wanted boolean not null default false,
  paused boolean not null default false,
  primary key (source, kind)
);

-- The keys a load has seen so far, one row per page, committed with the page: a resumed load knows what it saw.
create table load_page (
  source text not null,
  kind text not null,
  load bigint not null,
  page bigint generated always as identity,
  keys text[] not null,
  primary key (source, kind, load, page)
);

create table schedule (
  source text not null,
  kind text not null,
  cron text not null,
  next_at timestamptz not null,
  last_fired_at timestamptz,
  rearmed int not null default 0,
  primary key (source, kind)
);

create table run (
  id uuid primary key,
  source text not null,
  kind text not null,
  mode text not null check (mode in ('incremental', 'load', 'citizen', 'replay')),
  trigger text not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'skipped', 'cancelled')),
  queued_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  pages int not null default 0,
  counts jsonb not null default '{}',
  error_code text,
  error_message text,
  attempt int not null default 0
);
create index run_recent on run (source, kind, queued_at desc);
create index run_state on run (state) where state in ('queued', 'running');

create table breaker (
  source text primary key,
  state text not null default 'closed' check (state in ('closed', 'open', 'half-open')),
  failures int not null default 0,
  opened_at timestamptz,
  probe_at timestamptz,
  error_code text
);

create table quarantine (
  id bigint generated always as identity primary key,
  source text not null,
  kind text not null,
  key_hash bytea not null,
  run_id uuid,
  -- Absent when the subject could not be read: then no body is kept, and the record is fetched again, not replayed.
  citizen_id uuid references citizen,
  code text not null,
  path text not null,
  mapping_version text not null,
  cipher bytea,
  received_at timestamptz not null default now(),
  expires_at timestamptz not null,
  state text not null default 'open' check (state in ('open', 'replayed', 'superseded'))
);
create unique index quarantine_open on quarantine (source, kind, key_hash) where state = 'open';
create index quarantine_citizen on quarantine (citizen_id);

create table held_deletion (
  id bigint generated always as identity primary key,
  source text not null,
  kind text not null,
  load bigint not null,
  -- Set when the snapshot was of one citizen alone.
  citizen_id uuid references citizen,
  held_at timestamptz not null default now(),
  stored int not null,
  missing int not null,
  record_ids uuid[] not null,
  state text not null default 'held' check (state in ('held', 'approved', 'overtaken')),
  decided_at timestamptz,
  decided_by text
);
create unique index held_deletion_open on held_deletion (source, kind, coalesce(citizen_id, '00000000-0000-0000-0000-000000000000')) where state = 'held';

-- Field names and codes only, never values of free text.
create table drift (
  source text not null,
  kind text not null,
  type text not null check (type in ('unknown-field', 'unknown-code', 'zero-rows', 'volume')),
  name text not null,
  times bigint not null default 1,
  first_seen timestamptz not null default now(),
  last_seen timestamptz not null default now(),
  primary key (source, kind, type, name)
);
