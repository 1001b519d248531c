-- What the citizen, the law and representatives say. Nothing is edited: a new version supersedes.

create table consent (
  id uuid not null,
  version int not null,
  citizen_id uuid not null references citizen,
  -- The numbers (identity ids) the citizen had when it was given: a grant covers records that arrived under these.
  numbers bigint[] not null,
  decision text not null check (decision in ('grant', 'refuse')),
  -- 'person:…', 'role:…', 'unit:…', 'organisation:…', 'consumer:…'; null names nobody in particular (everybody).
  recipient text,
  domains text[],
  kinds text[],
  record_id uuid,
  purposes text[],
  up_to text not null default 'normal' check (up_to in ('normal', 'confidential', 'sensitive')),
  show text not null default 'content' check (show in ('content', 'busy')),
  valid_from timestamptz not null,
  valid_to timestamptz not null default 'infinity',
  withdrawn boolean not null default false,
  recorded_at timestamptz not null default now(),
  superseded_at timestamptz not null default 'infinity',
  recorded_by text not null,
  recorded_as text not null check (recorded_as in ('citizen', 'representative', 'professional', 'system')),
  evidence text,
  primary key (id, version)
);
create index consent_citizen on consent (citizen_id, superseded_at);

-- The configured list of statutes, kept as versions.
create table statute_version (
  statute_id text not null,
  title text not null,
  recipients text[] not null,
  domains text[],
  kinds text[],
  purposes text[],
  up_to text not null check (up_to in ('normal', 'confidential', 'sensitive')),
  opt_out boolean not null,
  valid_from timestamptz not null default now(),
  valid_to timestamptz not null default 'infinity',
  primary key (statute_id, valid_from)
);

create table representation (
  id uuid not null,
  version int not null,
  citizen_id uuid not null references citizen,
  -- Keyed hash of the representative's number.
  representative bytea not null,
  type text not null check (type in ('guardian', 'custody', 'powerOfAttorney')),
  domains text[],
  kinds text[],
  valid_from timestamptz not null,
  valid_to timestamptz not null default 'infinity',
  recorded_at timestamptz not null default now(),
  superseded_at timestamptz not null default 'infinity',
  evidence text,
  primary key (id, version)
);
create index representation_citizen on representation (citizen_id, superseded_at);
create index representation_person on representation (representative, superseded_at);

create table emergency_access (
  id uuid primary key,
  citizen_id uuid not null references citizen,
  person text not null,
  role text not null,
  organisation text not null,
  reason text not null,
  valid_from timestamptz not null default now(),
  valid_to timestamptz not null
);
create index emergency_access_citizen on emergency_access (citizen_id, valid_to);

-- What is configured per source and read by the rules: "exists but hidden", and the freshness contract.
create table source_version (
  source text not null,
  domain text not null,
  existence_shown boolean not null default false,
  valid_from timestamptz not null default now(),
  valid_to timestamptz not null default 'infinity',
  primary key (source, valid_from)
);
