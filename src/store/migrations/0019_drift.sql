-- Drift with a memory: what a kind's records used to look like, what changed, and who has accepted it. Names of fields and
-- types, and codes that look like codes; never a value of free text.

alter table drift
  add column id bigint generated always as identity unique,
  -- Types or counts before and now, in words.
  add column was text,
  add column became text,
  add column codes text[] not null default '{}',
  -- What the policy did when it was last seen.
  add column did text not null default 'note' check (did in ('note', 'hold', 'stop')),
  add column accepted_at timestamptz,
  add column accepted_by text;
alter table drift drop constraint drift_type_check;
alter table drift add constraint drift_type_check
  check (type in ('unknown-field', 'vanished-field', 'unknown-code', 'type-change', 'zero-rows', 'volume'));

-- One row per path of a kind's records: the types that stood there, in how many of the records looked at, and in how many
-- of the most recent ones. The row with the empty path counts the records themselves.
create table field_seen (
  source text not null,
  kind text not null,
  path text not null,
  types text[] not null,
  records bigint not null,
  recent bigint not null,
  first_seen timestamptz not null default now(),
  primary key (source, kind, path)
);

-- How many records complete loads served: what a load's volume is compared with.
create table load_history (
  source text not null,
  kind text not null,
  load bigint not null,
  served bigint not null,
  ended_at timestamptz not null default now(),
  primary key (source, kind, load)
);
