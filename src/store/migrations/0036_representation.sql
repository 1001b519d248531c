-- Representation as it is recorded and ended, and what sources propose of consents.

-- Nothing is edited: a new version supersedes; one that is ended was never in force.
alter table representation
  -- The paragraph of værgemålsloven; a § 7 co-guardian sees but does not speak alone.
  add column form text check (form in ('5', '6', '7')),
  -- What the representative is called by, as it was said; sealed.
  add column name_cipher bytea,
  add column recorded_by text not null default 'samspil',
  add column recorded_as text not null default 'system'
    check (recorded_as in ('citizen', 'representative', 'professional', 'system')),
  add column ended boolean not null default false,
  -- The source's record that says so: it ends with that record.
  add column record_id uuid;
create unique index representation_current on representation (id) where superseded_at = 'infinity';
create index representation_record on representation (record_id) where superseded_at = 'infinity';

-- A consent that another system says the citizen has given: nothing until the citizen, or staff with evidence, says so too.
-- Tied to the number it came under, so that merges and splits move nothing.
create table consent_proposal (
  id uuid primary key,
  identity_id bigint not null references identity,
  source text not null,
  -- The source's own reference of it, as keyed hash.
  reference_hash bytea not null,
  decision text not null check (decision in ('grant', 'refuse')),
  recipient text,
  domains text[],
  kinds text[],
  purposes text[],
  up_to text not null default 'normal' check (up_to in ('normal', 'confidential', 'sensitive')),
  show text not null default 'content' check (show in ('content', 'busy')),
  valid_from timestamptz not null,
  valid_to timestamptz not null default 'infinity',
  evidence text,
  proposed_at timestamptz not null default now(),
  state text not null default 'open' check (state in ('open', 'confirmed', 'dismissed', 'revoked')),
  decided_at timestamptz,
  decided_by text,
  -- The consent it became.
  consent_id uuid,
  unique (source, reference_hash)
);
create index consent_proposal_identity on consent_proposal (identity_id);
