-- People, their numbers, their enrolment, the unit tree. Columns that SQL decides on hold no content.

create table hub_setting (name text primary key, value text not null);

-- The configured tree of units and organisations, kept as versions: "could X see on date D" needs it.
create table unit_version (
  unit_id text not null,
  parent_id text,
  name text not null,
  type text not null check (type in ('unit', 'organisation')),
  valid_from timestamptz not null default now(),
  valid_to timestamptz not null default 'infinity',
  primary key (unit_id, valid_from)
);

-- A unit or organisation itself and everything above it.
create function unit_ancestors(start text, at timestamptz) returns text[]
language sql stable parallel safe as $$
  with recursive up(unit_id, parent_id, depth) as (
    select unit_id, parent_id, 1 from unit_version where unit_id = start and valid_from <= at and at < valid_to
    union all
    select u.unit_id, u.parent_id, up.depth + 1
    from up join unit_version u on u.unit_id = up.parent_id and u.valid_from <= at and at < u.valid_to
    where up.depth < 32
  )
  select coalesce(array_agg(unit_id), array[start]) from up
$$;

create table citizen (
  id uuid primary key,
  created_at timestamptz not null default now(),
  -- Set by a merge: the old id answers 308 to a reader who sees the citizen.
  merged_into uuid references citizen
);

-- One number (CPR, replacement number, eCPR). Numbers become one citizen by a merge; a split uses home_id.
create table identity (
  id bigint generated always as identity primary key,
  cpr_hash bytea not null unique,
  cpr_cipher bytea not null,
  number_type text not null check (number_type in ('cpr', 'replacement', 'x-ecpr', 'd-ecpr')),
  citizen_id uuid not null references citizen,
  -- The citizen this number belonged to before any merge.
  home_id uuid not null references citizen,
  -- A former number of its citizen (shown as such; the current one is preferred when asking sources).
  former boolean not null default false,
  created_at timestamptz not null default now()
);
create index identity_citizen on identity (citizen_id);

create table merge_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  action text not null check (action in ('merge', 'split')),
  kept uuid not null,
  other uuid not null,
  reason text not null,
  actor text not null
);

create table enrolment (
  id uuid primary key,
  citizen_id uuid not null references citizen,
  identity_id bigint not null references identity,
  basis text not null,
  evidence text,
  starts_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  recorded_by text not null,
  ended_at timestamptz,
  ended_by text
);
create unique index enrolment_active on enrolment (citizen_id) where ended_at is null;

-- Which citizens a source's own key stands for; only for enrolled citizens, through the whole chain.
create table subject_key (
  source text not null,
  kind text not null,
  key_hash bytea not null,
  identity_id bigint not null references identity,
  first_seen timestamptz not null default now(),
  primary key (source, kind, key_hash, identity_id)
);
create index subject_key_identity on subject_key (identity_id);

-- A citizen's history fetch from one source. Until it has ended, the source's state is unknown for this citizen.
create table citizen_fetch (
  citizen_id uuid not null references citizen,
  source text not null,
  requested_at timestamptz not null default now(),
  state text not null default 'pending' check (state in ('pending', 'done', 'refused', 'failed')),
  ended_at timestamptz,
  attempts int not null default 0,
  error_code text,
  primary key (citizen_id, source)
);
create index citizen_fetch_pending on citizen_fetch (source, requested_at) where state = 'pending';

-- Which kinds still have to be pulled for a fetch to end; '*' stands for all of the source's kinds.
create table citizen_fetch_kind (
  citizen_id uuid not null references citizen,
  source text not null,
  kind text not null,
  requested_at timestamptz not null default now(),
  primary key (source, citizen_id, kind)
);
