-- Records: identity in one unpartitioned table, bodies partitioned by record id hash, and versions of everything that
-- decides who may see a record. A deleted record loses its identity row and body; its closed versions stay (no content).

create table record (
  id uuid primary key,
  source text not null,
  source_kind text not null,
  -- The source's key, or hex of its keyed hash where the kind is configured keyIsCpr.
  key text not null,
  entity text not null,
  part text not null,
  domain text not null,
  sensitivity text not null check (sensitivity in ('normal', 'confidential', 'sensitive', 'vip')),
  owner_unit text,
  content_hash bytea not null,
  mapping text not null,
  source_updated_at timestamptz,
  observed_at timestamptz not null,
  stale_since timestamptz
);
create index record_source_key on record (source, source_kind, key);

create table record_body (
  record_id uuid not null,
  -- JSON text the feed sends, or its encryption (key id inside). Exactly one is set.
  body text,
  cipher bytea,
  -- The same without what a protected name or address could be told from; absent when nothing had to go.
  stripped text,
  stripped_cipher bytea,
  primary key (record_id),
  check ((body is null) <> (cipher is null))
) partition by hash (record_id);
do $$ begin
  for i in 0..15 loop
    execute format('create table record_body_%s partition of record_body for values with (modulus 16, remainder %s)', lpad(i::text, 2, '0'), i);
  end loop;
end $$;

-- One row per record and enrolled subject, with what the rules read. Current rows end at infinity.
create table record_version (
  record_id uuid not null,
  citizen_id uuid not null references citizen,
  identity_id bigint not null references identity,
  kind text not null,
  domain text not null,
  source text not null,
  sensitivity text not null,
  owner_unit text,
  named text[] not null default '{}',
  withheld boolean not null default false,
  third_party_protected boolean not null default false,
  valid_from timestamptz not null,
  valid_to timestamptz not null default 'infinity'
);
create index record_version_citizen on record_version (citizen_id, valid_to);
create index record_version_record on record_version (record_id, valid_to);
create unique index record_version_current on record_version (record_id, citizen_id) where valid_to = 'infinity';

-- Master data records (kind citizen) by citizen: they grant nobody existence, so they have no record_version.
create table citizen_record (
  record_id uuid not null,
  citizen_id uuid not null references citizen,
  identity_id bigint not null references identity,
  source text not null,
  primary key (record_id, citizen_id)
);
create index citizen_record_citizen on citizen_record (citizen_id);

-- References between records; a link may arrive before its target, so there is no foreign key.
create table link (
  from_id uuid not null,
  rel text not null check (rel in ('plan', 'parent', 'goal', 'about', 'meeting')),
  to_id uuid not null,
  primary key (from_id, rel, to_id)
);
create index link_to on link (to_id);

-- Name and address protection, a dated fact: it lapses without anyone acting. One row per citizen record that says so.
create table protection (
  record_id uuid not null,
  citizen_id uuid not null references citizen,
  valid_from timestamptz not null,
  -- The day after the last protected day, Copenhagen; infinity when open.
  valid_to timestamptz not null default 'infinity',
  recorded_at timestamptz not null default now(),
  superseded_at timestamptz not null default 'infinity',
  primary key (record_id, citizen_id, recorded_at)
);
create index protection_citizen on protection (citizen_id);
