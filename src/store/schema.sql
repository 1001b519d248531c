-- Generated from the migrations by `npm run generate`: to read and to compare, never to run or to edit.

-- Sequences

create sequence change_position;

-- Tables

create table breaker (
  source text not null,
  state text not null default 'closed'::text,
  failures integer not null default 0,
  opened_at timestamp with time zone,
  probe_at timestamp with time zone,
  error_code text,
  constraint breaker_pkey PRIMARY KEY (source),
  constraint breaker_state_check CHECK ((state = ANY (ARRAY['closed'::text, 'open'::text, 'half-open'::text])))
);

create table change (
  "position" bigint not null,
  at timestamp with time zone not null default clock_timestamp(),
  citizen_id uuid not null,
  record_id uuid,
  op text not null,
  constraint change_pkey PRIMARY KEY ("position"),
  constraint change_op_check CHECK ((op = ANY (ARRAY['created'::text, 'changed'::text, 'removed'::text, 'look'::text])))
);

create table citizen (
  id uuid not null,
  created_at timestamp with time zone not null default now(),
  merged_into uuid,
  constraint citizen_pkey PRIMARY KEY (id),
  constraint citizen_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES citizen(id)
);

create table citizen_fetch (
  citizen_id uuid not null,
  source text not null,
  requested_at timestamp with time zone not null default now(),
  state text not null default 'pending'::text,
  ended_at timestamp with time zone,
  attempts integer not null default 0,
  error_code text,
  constraint citizen_fetch_pkey PRIMARY KEY (citizen_id, source),
  constraint citizen_fetch_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id),
  constraint citizen_fetch_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'done'::text, 'refused'::text, 'failed'::text])))
);

create table citizen_record (
  record_id uuid not null,
  citizen_id uuid not null,
  identity_id bigint not null,
  source text not null,
  constraint citizen_record_pkey PRIMARY KEY (record_id, citizen_id),
  constraint citizen_record_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id),
  constraint citizen_record_identity_id_fkey FOREIGN KEY (identity_id) REFERENCES identity(id)
);

create table consent (
  id uuid not null,
  version integer not null,
  citizen_id uuid not null,
  numbers bigint[] not null,
  decision text not null,
  recipient text,
  domains text[],
  kinds text[],
  record_id uuid,
  purposes text[],
  up_to text not null default 'normal'::text,
  show text not null default 'content'::text,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone not null default 'infinity'::timestamp with time zone,
  withdrawn boolean not null default false,
  recorded_at timestamp with time zone not null default now(),
  superseded_at timestamp with time zone not null default 'infinity'::timestamp with time zone,
  recorded_by text not null,
  recorded_as text not null,
  evidence text,
  constraint consent_pkey PRIMARY KEY (id, version),
  constraint consent_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id),
  constraint consent_decision_check CHECK ((decision = ANY (ARRAY['grant'::text, 'refuse'::text]))),
  constraint consent_recorded_as_check CHECK ((recorded_as = ANY (ARRAY['citizen'::text, 'representative'::text, 'professional'::text, 'system'::text]))),
  constraint consent_show_check CHECK ((show = ANY (ARRAY['content'::text, 'busy'::text]))),
  constraint consent_up_to_check CHECK ((up_to = ANY (ARRAY['normal'::text, 'confidential'::text, 'sensitive'::text])))
);

create table drift (
  source text not null,
  kind text not null,
  type text not null,
  name text not null,
  times bigint not null default 1,
  first_seen timestamp with time zone not null default now(),
  last_seen timestamp with time zone not null default now(),
  constraint drift_pkey PRIMARY KEY (source, kind, type, name),
  constraint drift_type_check CHECK ((type = ANY (ARRAY['unknown-field'::text, 'unknown-code'::text, 'zero-rows'::text, 'volume'::text])))
);

create table emergency_access (
  id uuid not null,
  citizen_id uuid not null,
  person text not null,
  role text not null,
  organisation text not null,
  reason text not null,
  valid_from timestamp with time zone not null default now(),
  valid_to timestamp with time zone not null,
  constraint emergency_access_pkey PRIMARY KEY (id),
  constraint emergency_access_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id)
);

create table enrolment (
  id uuid not null,
  citizen_id uuid not null,
  identity_id bigint not null,
  basis text not null,
  evidence text,
  starts_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null default now(),
  recorded_by text not null,
  ended_at timestamp with time zone,
  ended_by text,
  constraint enrolment_pkey PRIMARY KEY (id),
  constraint enrolment_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id),
  constraint enrolment_identity_id_fkey FOREIGN KEY (identity_id) REFERENCES identity(id)
);

create table held_deletion (
  id bigint not null generated always as identity,
  source text not null,
  kind text not null,
  load bigint not null,
  citizen_id uuid,
  held_at timestamp with time zone not null default now(),
  stored integer not null,
  missing integer not null,
  record_ids uuid[] not null,
  state text not null default 'held'::text,
  decided_at timestamp with time zone,
  decided_by text,
  constraint held_deletion_pkey PRIMARY KEY (id),
  constraint held_deletion_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id),
  constraint held_deletion_state_check CHECK ((state = ANY (ARRAY['held'::text, 'approved'::text, 'overtaken'::text])))
);

create table hub_setting (
  name text not null,
  value text not null,
  constraint hub_setting_pkey PRIMARY KEY (name)
);

create table identity (
  id bigint not null generated always as identity,
  cpr_hash bytea not null,
  cpr_cipher bytea not null,
  number_type text not null,
  citizen_id uuid not null,
  home_id uuid not null,
  former boolean not null default false,
  created_at timestamp with time zone not null default now(),
  constraint identity_pkey PRIMARY KEY (id),
  constraint identity_cpr_hash_key UNIQUE (cpr_hash),
  constraint identity_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id),
  constraint identity_home_id_fkey FOREIGN KEY (home_id) REFERENCES citizen(id),
  constraint identity_number_type_check CHECK ((number_type = ANY (ARRAY['cpr'::text, 'replacement'::text, 'x-ecpr'::text, 'd-ecpr'::text])))
);

create table link (
  from_id uuid not null,
  rel text not null,
  to_id uuid not null,
  constraint link_pkey PRIMARY KEY (from_id, rel, to_id),
  constraint link_rel_check CHECK ((rel = ANY (ARRAY['plan'::text, 'parent'::text, 'goal'::text, 'about'::text, 'meeting'::text])))
);

create table load_page (
  source text not null,
  kind text not null,
  load bigint not null,
  page bigint not null generated always as identity,
  keys text[] not null,
  constraint load_page_pkey PRIMARY KEY (source, kind, load, page)
);

create table merge_log (
  id bigint not null generated always as identity,
  at timestamp with time zone not null default now(),
  action text not null,
  kept uuid not null,
  other uuid not null,
  reason text not null,
  actor text not null,
  constraint merge_log_pkey PRIMARY KEY (id),
  constraint merge_log_action_check CHECK ((action = ANY (ARRAY['merge'::text, 'split'::text])))
);

create table protection (
  record_id uuid not null,
  citizen_id uuid not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone not null default 'infinity'::timestamp with time zone,
  recorded_at timestamp with time zone not null default now(),
  superseded_at timestamp with time zone not null default 'infinity'::timestamp with time zone,
  constraint protection_pkey PRIMARY KEY (record_id, citizen_id, recorded_at),
  constraint protection_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id)
);

create table quarantine (
  id bigint not null generated always as identity,
  source text not null,
  kind text not null,
  key_hash bytea not null,
  run_id uuid,
  citizen_id uuid,
  code text not null,
  path text not null,
  mapping_version text not null,
  cipher bytea,
  received_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  state text not null default 'open'::text,
  constraint quarantine_pkey PRIMARY KEY (id),
  constraint quarantine_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id),
  constraint quarantine_state_check CHECK ((state = ANY (ARRAY['open'::text, 'replayed'::text, 'superseded'::text])))
);

create table record (
  id uuid not null,
  source text not null,
  source_kind text not null,
  key text not null,
  entity text not null,
  part text not null,
  domain text not null,
  sensitivity text not null,
  owner_unit text,
  content_hash bytea not null,
  mapping text not null,
  source_updated_at timestamp with time zone,
  observed_at timestamp with time zone not null,
  stale_since timestamp with time zone,
  constraint record_pkey PRIMARY KEY (id),
  constraint record_sensitivity_check CHECK ((sensitivity = ANY (ARRAY['normal'::text, 'confidential'::text, 'sensitive'::text, 'vip'::text])))
);

create table record_body (
  record_id uuid not null,
  body text,
  cipher bytea,
  stripped text,
  stripped_cipher bytea,
  constraint record_body_pkey PRIMARY KEY (record_id),
  constraint record_body_check CHECK (((body IS NULL) <> (cipher IS NULL)))
) partition by HASH (record_id);

create table record_body_00 partition of record_body FOR VALUES WITH (modulus 16, remainder 0);

create table record_body_01 partition of record_body FOR VALUES WITH (modulus 16, remainder 1);

create table record_body_02 partition of record_body FOR VALUES WITH (modulus 16, remainder 2);

create table record_body_03 partition of record_body FOR VALUES WITH (modulus 16, remainder 3);

create table record_body_04 partition of record_body FOR VALUES WITH (modulus 16, remainder 4);

create table record_body_05 partition of record_body FOR VALUES WITH (modulus 16, remainder 5);

create table record_body_06 partition of record_body FOR VALUES WITH (modulus 16, remainder 6);

create table record_body_07 partition of record_body FOR VALUES WITH (modulus 16, remainder 7);

create table record_body_08 partition of record_body FOR VALUES WITH (modulus 16, remainder 8);

create table record_body_09 partition of record_body FOR VALUES WITH (modulus 16, remainder 9);

create table record_body_10 partition of record_body FOR VALUES WITH (modulus 16, remainder 10);

create table record_body_11 partition of record_body FOR VALUES WITH (modulus 16, remainder 11);

create table record_body_12 partition of record_body FOR VALUES WITH (modulus 16, remainder 12);

create table record_body_13 partition of record_body FOR VALUES WITH (modulus 16, remainder 13);

create table record_body_14 partition of record_body FOR VALUES WITH (modulus 16, remainder 14);

create table record_body_15 partition of record_body FOR VALUES WITH (modulus 16, remainder 15);

create table record_version (
  record_id uuid not null,
  citizen_id uuid not null,
  identity_id bigint not null,
  kind text not null,
  domain text not null,
  source text not null,
  sensitivity text not null,
  owner_unit text,
  named text[] not null default '{}'::text[],
  withheld boolean not null default false,
  third_party_protected boolean not null default false,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone not null default 'infinity'::timestamp with time zone,
  constraint record_version_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id),
  constraint record_version_identity_id_fkey FOREIGN KEY (identity_id) REFERENCES identity(id)
);

create table representation (
  id uuid not null,
  version integer not null,
  citizen_id uuid not null,
  representative bytea not null,
  type text not null,
  domains text[],
  kinds text[],
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone not null default 'infinity'::timestamp with time zone,
  recorded_at timestamp with time zone not null default now(),
  superseded_at timestamp with time zone not null default 'infinity'::timestamp with time zone,
  evidence text,
  constraint representation_pkey PRIMARY KEY (id, version),
  constraint representation_citizen_id_fkey FOREIGN KEY (citizen_id) REFERENCES citizen(id),
  constraint representation_type_check CHECK ((type = ANY (ARRAY['guardian'::text, 'custody'::text, 'powerOfAttorney'::text])))
);

create table run (
  id uuid not null,
  source text not null,
  kind text not null,
  mode text not null,
  trigger text not null,
  state text not null default 'queued'::text,
  queued_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  pages integer not null default 0,
  counts jsonb not null default '{}'::jsonb,
  error_code text,
  error_message text,
  attempt integer not null default 0,
  constraint run_pkey PRIMARY KEY (id),
  constraint run_mode_check CHECK ((mode = ANY (ARRAY['incremental'::text, 'load'::text, 'citizen'::text, 'replay'::text]))),
  constraint run_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'skipped'::text, 'cancelled'::text])))
);

create table schedule (
  source text not null,
  kind text not null,
  cron text not null,
  next_at timestamp with time zone not null,
  last_fired_at timestamp with time zone,
  rearmed integer not null default 0,
  constraint schedule_pkey PRIMARY KEY (source, kind)
);

create table schema_migration (
  number integer not null,
  name text not null,
  hash text not null,
  applied_at timestamp with time zone not null default now(),
  constraint schema_migration_pkey PRIMARY KEY (number)
);

create table source_version (
  source text not null,
  domain text not null,
  existence_shown boolean not null default false,
  valid_from timestamp with time zone not null default now(),
  valid_to timestamp with time zone not null default 'infinity'::timestamp with time zone,
  constraint source_version_pkey PRIMARY KEY (source, valid_from)
);

create table statute_version (
  statute_id text not null,
  title text not null,
  recipients text[] not null,
  domains text[],
  kinds text[],
  purposes text[],
  up_to text not null,
  opt_out boolean not null,
  valid_from timestamp with time zone not null default now(),
  valid_to timestamp with time zone not null default 'infinity'::timestamp with time zone,
  constraint statute_version_pkey PRIMARY KEY (statute_id, valid_from),
  constraint statute_version_up_to_check CHECK ((up_to = ANY (ARRAY['normal'::text, 'confidential'::text, 'sensitive'::text])))
);

create table subject_key (
  source text not null,
  kind text not null,
  key_hash bytea not null,
  identity_id bigint not null,
  first_seen timestamp with time zone not null default now(),
  constraint subject_key_pkey PRIMARY KEY (source, kind, key_hash, identity_id),
  constraint subject_key_identity_id_fkey FOREIGN KEY (identity_id) REFERENCES identity(id)
);

create table sync_state (
  source text not null,
  kind text not null,
  checkpoint jsonb,
  load bigint not null default 0,
  load_started_at timestamp with time zone,
  load_complete boolean not null default true,
  load_sweep boolean not null default true,
  load_served bigint not null default 0,
  load_pages bigint not null default 0,
  last_load_started_at timestamp with time zone,
  last_complete_at timestamp with time zone,
  mapping_version text,
  reload_wanted boolean not null default false,
  paused boolean not null default false,
  constraint sync_state_pkey PRIMARY KEY (source, kind)
);

create table unit_above (
  unit_id text not null,
  above_id text not null,
  above_type text not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone not null
);

create table unit_version (
  unit_id text not null,
  parent_id text,
  name text not null,
  type text not null,
  valid_from timestamp with time zone not null default now(),
  valid_to timestamp with time zone not null default 'infinity'::timestamp with time zone,
  constraint unit_version_pkey PRIMARY KEY (unit_id, valid_from),
  constraint unit_version_type_check CHECK ((type = ANY (ARRAY['unit'::text, 'organisation'::text])))
);

-- Indexes

CREATE INDEX change_record ON public.change USING btree (record_id) WHERE (record_id IS NOT NULL);

CREATE INDEX citizen_fetch_pending ON public.citizen_fetch USING btree (source, requested_at) WHERE (state = 'pending'::text);

CREATE INDEX citizen_record_citizen ON public.citizen_record USING btree (citizen_id);

CREATE INDEX consent_citizen ON public.consent USING btree (citizen_id, superseded_at);

CREATE INDEX consent_recipient ON public.consent USING btree (recipient, citizen_id) WHERE ((decision = 'grant'::text) AND (superseded_at = 'infinity'::timestamp with time zone));

CREATE INDEX emergency_access_citizen ON public.emergency_access USING btree (citizen_id, valid_to);

CREATE INDEX emergency_access_person ON public.emergency_access USING btree (person, valid_to);

CREATE UNIQUE INDEX enrolment_active ON public.enrolment USING btree (citizen_id) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX held_deletion_open ON public.held_deletion USING btree (source, kind, COALESCE(citizen_id, '00000000-0000-0000-0000-000000000000'::uuid)) WHERE (state = 'held'::text);

CREATE INDEX identity_citizen ON public.identity USING btree (citizen_id);

CREATE INDEX link_to ON public.link USING btree (to_id);

CREATE INDEX protection_citizen ON public.protection USING btree (citizen_id);

CREATE INDEX quarantine_citizen ON public.quarantine USING btree (citizen_id);

CREATE UNIQUE INDEX quarantine_open ON public.quarantine USING btree (source, kind, key_hash) WHERE (state = 'open'::text);

CREATE INDEX record_source_key ON public.record USING btree (source, source_kind, key);

CREATE INDEX record_version_citizen ON public.record_version USING btree (citizen_id, valid_to);

CREATE UNIQUE INDEX record_version_current ON public.record_version USING btree (record_id, citizen_id) WHERE (valid_to = 'infinity'::timestamp with time zone);

CREATE INDEX record_version_owner ON public.record_version USING btree (owner_unit, citizen_id) WHERE (valid_to = 'infinity'::timestamp with time zone);

CREATE INDEX record_version_record ON public.record_version USING btree (record_id, valid_to);

CREATE INDEX representation_citizen ON public.representation USING btree (citizen_id, superseded_at);

CREATE INDEX representation_person ON public.representation USING btree (representative, superseded_at);

CREATE INDEX run_recent ON public.run USING btree (source, kind, queued_at DESC);

CREATE INDEX run_state ON public.run USING btree (state) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX subject_key_identity ON public.subject_key USING btree (identity_id);

CREATE INDEX unit_above_above ON public.unit_above USING btree (above_id);

CREATE INDEX unit_above_unit ON public.unit_above USING btree (unit_id, above_id);

-- Functions

CREATE OR REPLACE FUNCTION public.append_changes(citizens uuid[], records uuid[], ops text[])
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
declare last bigint;
begin
  if coalesce(cardinality(citizens), 0) = 0 then return null; end if;
  perform pg_advisory_xact_lock(7265741);
  insert into change (position, citizen_id, record_id, op)
  select nextval('change_position'), c, r, o
  from unnest(citizens, records, ops) with ordinality as t(c, r, o, n) order by n;
  select max(position) into last from change;
  -- Wakes long polls; carries nothing about anyone.
  perform pg_notify('samspil_change', '');
  return last;
end $function$;

CREATE OR REPLACE FUNCTION public.citizen_access(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text, a_sector text, a_consumer text, a_citizen uuid, a_number bytea, a_purpose text, asked uuid, as_of timestamp with time zone)
 RETURNS TABLE(visible boolean, stripped boolean)
 LANGUAGE plpgsql
 STABLE ROWS 1
AS $function$
declare
  t constant timestamptz := coalesce(as_of, statement_timestamp());
  in_person constant boolean := a_kind in ('citizen', 'representative');
begin
  return query
  select exists (select from citizen c where c.id = asked and c.merged_into is null) and (
      in_person and a_citizen is not distinct from asked
      or in_person and exists (select from representation r where r.citizen_id = asked and r.representative = a_number
        and r.recorded_at <= t and r.superseded_at > t and r.valid_from <= t and r.valid_to > t)
      or exists (select from decide(a_kind, a_person, a_role, a_organisation, a_unit, a_domain, a_sector, a_consumer,
          a_citizen, a_number, a_purpose, array[asked], null, t) d
        where d.show in ('content', 'busy'))),
    (in_person or a_sector is distinct from 'public') and not (in_person and a_citizen is not distinct from asked)
      and exists (select from protection p where p.citizen_id = asked
        and p.valid_from <= t and p.valid_to > t and p.recorded_at <= t and p.superseded_at > t);
end $function$;

CREATE OR REPLACE FUNCTION public.decide(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text, a_sector text, a_consumer text, a_citizen uuid, a_number bytea, a_purpose text, asked uuid[], only_records uuid[], as_of timestamp with time zone)
 RETURNS TABLE(citizen_id uuid, record_id uuid, kind text, domain text, source text, show text, rule integer, basis text, stripped boolean, master_stripped boolean, by_other_subject boolean)
 LANGUAGE plpgsql
 STABLE ROWS 60
AS $function$
#variable_conflict use_column
declare
  t constant timestamptz := coalesce(as_of, statement_timestamp());
  in_person constant boolean := a_kind in ('citizen', 'representative');
  self constant uuid := case when in_person then a_citizen end;
  private constant boolean := in_person or a_sector is distinct from 'public';
  reads constant boolean := a_kind not in ('administrator', 'dpo');
  in_unit constant boolean := a_kind = 'professional' and a_unit is not null;
  grant_keys text[];
  refuse_keys text[];
  one uuid;
begin
  select for_grants, for_refusals into grant_keys, refuse_keys
  from reader_keys(a_kind, a_person, a_role, a_organisation, a_unit, a_consumer, t);
  -- One citizen at a time: what is said about one is a handful of rows, so that nested loops stay short.
  for one in select distinct c from unnest(asked) c loop
    return query
    with subject as materialized (
      -- Every enrolled subject of the citizen's records: the rules must show it for each of them.
      select v.record_id, v.citizen_id, v.identity_id, v.kind, v.domain, v.source, sensitivity_rank(v.sensitivity) as level,
        v.owner_unit, v.named, v.withheld, v.third_party_protected
      from record_version v
      where v.valid_from <= t and v.valid_to > t and v.record_id = any (array(
        select a.record_id from record_version a
        where a.citizen_id = one and a.valid_from <= t and a.valid_to > t
          and (only_records is null or a.record_id = any (only_records))))
    ),
    person as materialized (select distinct citizen_id from subject),
    represented as materialized (
      select r.citizen_id, r.domains, r.kinds, 'representation:' || r.id || ':' || r.version as basis
      from representation r
      where in_person and r.representative = a_number and r.recorded_at <= t and r.superseded_at > t
        and r.valid_from <= t and r.valid_to > t
    ),
    emergency as materialized (
      select e.citizen_id, 'emergency:' || e.id as basis
      from person p join emergency_access e on e.citizen_id = p.citizen_id
      where a_kind = 'professional' and e.person = a_person and e.role = a_role and e.organisation = a_organisation
        and e.valid_from <= t and e.valid_to > t
    ),
    said as materialized (
      select c.citizen_id, c.decision, c.domains, c.kinds, c.record_id, c.numbers, c.show,
        case when c.up_to = 'sensitive' and c.recipient like 'person:%' then 3 else sensitivity_rank(c.up_to) end as reach,
        'consent:' || c.id || ':' || c.version as basis
      from person p join consent c on c.citizen_id = p.citizen_id
      where c.recorded_at <= t and c.superseded_at > t and not c.withdrawn and c.valid_from <= t and c.valid_to > t
        and (c.purposes is null or a_purpose = any (c.purposes))
        and case c.decision when 'grant' then c.recipient = any (grant_keys)
            else c.recipient is null or c.recipient = any (refuse_keys) end
    ),
    law as materialized (
      select s.opt_out, s.domains, s.kinds, 'statute:' || s.statute_id as basis,
        case when s.up_to = 'sensitive' and exists (select from unnest(s.recipients) r
          where r like 'person:%' and r = any (grant_keys)) then 3 else sensitivity_rank(s.up_to) end as reach
      from statute_version s
      where s.valid_from <= t and s.valid_to > t and s.recipients && grant_keys
        and (s.purposes is null or a_purpose = any (s.purposes))
    ),
    guarded as materialized (
      select distinct p.citizen_id from person s join protection p on p.citizen_id = s.citizen_id
      where private and p.citizen_id is distinct from self
        and p.valid_from <= t and p.valid_to > t and p.recorded_at <= t and p.superseded_at > t
    ),
    -- Materialized, or the planner would compute each of these once for every place that mentions it.
    weighed as materialized (
      select s.*, coalesce(s.citizen_id = self, false) as is_self,
        -- Null: represents nobody here; empty: represents the citizen, but not in this.
        case when in_person then (
          select max(case when (r.domains is null or s.domain = any (r.domains)) and (r.kinds is null or s.kind = any (r.kinds))
            then r.basis else '' end) from represented r where r.citizen_id = s.citizen_id) end as represents,
        in_unit and (s.level < 3 or a_person = any (s.named)) and (s.owner_unit = a_unit or s.owner_unit in (
          select u.unit_id from unit_above u where u.above_id = a_unit and u.valid_from <= t and u.valid_to > t)) as own_journal,
        (select min(e.basis) from emergency e where e.citizen_id = s.citizen_id) as emergency,
        statute.basis as statute, consent.refusal, consent.given
      from subject s
      cross join lateral (
        select min(case when l.opt_out then 'y' else 'n' end || l.basis) as basis from law l
        where (l.domains is null or s.domain = any (l.domains)) and (l.kinds is null or s.kind = any (l.kinds))
          and (s.domain <> 'health' or a_domain = 'health' or 'health' = any (l.domains)) and s.level <= l.reach
      ) statute
      cross join lateral (
        select min(c.basis) filter (where c.decision = 'refuse') as refusal,
          -- Content is preferred to busy time: its letter comes later.
          max(left(c.show, 1) || c.basis) filter (where c.decision = 'grant' and s.level <= c.reach
            and s.identity_id = any (c.numbers) and (c.show = 'content' or s.kind = 'appointment')
            and (s.domain <> 'health' or a_domain = 'health' or 'health' = any (c.domains))) as given
        from said c
        where c.citizen_id = s.citizen_id and (c.domains is null or s.domain = any (c.domains))
          and (c.kinds is null or s.kind = any (c.kinds)) and (c.record_id is null or c.record_id = s.record_id)
      ) consent
    ),
    -- What the rules say of each subject alone: tens are the rule, ones how much it shows
    -- (3 content, 2 busy, 1 that it exists, 0 nothing). The first that decides ends the search.
    ruled as materialized (
      select w.*, case
          when w.withheld and (w.is_self or w.represents is not null) then 10
          when w.is_self or w.represents <> '' then 13
          when w.own_journal then 23
          when w.emergency is not null then 33
          when left(w.statute, 1) = 'n' then 43
          when w.refusal is not null then 50
          when left(w.given, 1) = 'c' or w.statute is not null then 63
          when w.given is not null then 62
          when reads and w.source = any (array(select x.source from source_version x
            where x.existence_shown and x.valid_from <= t and x.valid_to > t)) then 71
          else 70 end as verdict
      from weighed w
    ),
    alone as (
      select r.record_id, r.citizen_id, r.kind, r.domain, r.source, r.verdict / 10 as rule, r.verdict % 10 as strength,
        case r.verdict when 13 then case when not r.is_self then r.represents end when 33 then r.emergency
          when 43 then substr(r.statute, 2) when 50 then r.refusal when 62 then substr(r.given, 2)
          when 63 then substr(case when left(r.given, 1) = 'c' then r.given else r.statute end, 2) end as basis,
        r.third_party_protected or r.citizen_id in (select g.citizen_id from guarded g) as guard
      from ruled r
    ),
    together as (
      select a.*, bool_or(a.guard) over record as guard_any, bool_or(a.rule = 1 and a.strength = 0) over record as barred,
        first_value(a.strength) over record as weakest_strength, first_value(a.rule) over record as weakest_rule,
        first_value(a.basis) over record as weakest_basis
      from alone a
      window record as (partition by a.record_id order by a.strength, a.rule desc, a.basis, a.citizen_id
        rows between unbounded preceding and unbounded following)
    )
    -- A citizen sees a record whatever the others in it say, unless it is withheld from them; others need every subject.
    select f.citizen_id, f.record_id, f.kind, f.domain, f.source,
      (array['hidden', 'stub', 'busy', 'content'])[1 + case when own then f.strength else f.weakest_strength end],
      case when own then f.rule else f.weakest_rule end,
      case when own then f.basis else f.weakest_basis end,
      private and f.guard_any,
      f.citizen_id in (select g.citizen_id from guarded g),
      not own
    from together f
    cross join lateral (select case when f.barred then f.rule = 1 and f.strength = 0
      else f.rule = 1 or f.strength = f.weakest_strength end as own) side
    where f.citizen_id = one;
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION public.reader_keys(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_consumer text, t timestamp with time zone, OUT for_grants text[], OUT for_refusals text[])
 RETURNS record
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
declare
  named text[];
  unknown_type text[];
begin
  select coalesce(array_agg(distinct n.type || ':' || n.id), '{}'),
    coalesce(array_agg(distinct case n.type when 'unit' then 'organisation:' else 'unit:' end || n.id), '{}')
    into named, unknown_type
  from (
    select above_type as type, above_id as id from unit_above
    where unit_id = a_unit and valid_from <= t and valid_to > t
    union all
    -- An organisation claim never stands for a unit of the tree that happens to have the same id.
    select u.above_type, u.above_id from unit_above o join unit_above u on u.unit_id = o.unit_id
    where o.unit_id = a_organisation and o.above_id = a_organisation and o.above_type = 'organisation'
      and o.valid_from <= t and o.valid_to > t and u.valid_from <= t and u.valid_to > t
    union all
    select 'unit', a_unit where a_unit is not null
      and not exists (select from unit_above where unit_id = a_unit and valid_from <= t and valid_to > t)
    union all
    select 'organisation', a_organisation where a_organisation is not null
  ) n;
  for_refusals := array_remove(array['person:' || a_person, 'role:' || a_role, 'consumer:' || a_consumer], null) || named;
  for_grants := case
    when a_kind in ('administrator', 'dpo') then '{}'
    when a_kind = 'consumer-system' then array_remove(array['consumer:' || a_consumer], null)
    else for_refusals end;
  for_refusals := for_refusals || unknown_type;
end $function$;

CREATE OR REPLACE FUNCTION public.refresh_unit_above()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  delete from unit_above;
  insert into unit_above
  with recursive up(unit_id, above_id, above_type, parent_id, valid_from, valid_to, depth) as (
    select unit_id, unit_id, type, parent_id, valid_from, valid_to, 1 from unit_version where valid_from < valid_to
    union all
    select up.unit_id, p.unit_id, p.type, p.parent_id, greatest(up.valid_from, p.valid_from), least(up.valid_to, p.valid_to),
      up.depth + 1
    from up join unit_version p on p.unit_id = up.parent_id and p.valid_from < up.valid_to and up.valid_from < p.valid_to
      and p.valid_from < p.valid_to
    where up.depth < 32
  )
  select unit_id, above_id, above_type, valid_from, valid_to from up;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.sensitivity_rank(level text)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case level when 'normal' then 0 when 'confidential' then 1 when 'sensitive' then 2 else 3 end
$function$;

CREATE OR REPLACE FUNCTION public.unit_ancestors(start text, at timestamp with time zone)
 RETURNS text[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  with recursive up(unit_id, parent_id, depth) as (
    select unit_id, parent_id, 1 from unit_version where unit_id = start and valid_from <= at and at < valid_to
    union all
    select u.unit_id, u.parent_id, up.depth + 1
    from up join unit_version u on u.unit_id = up.parent_id and u.valid_from <= at and at < u.valid_to
    where up.depth < 32
  )
  select coalesce(array_agg(unit_id), array[start]) from up
$function$;

CREATE OR REPLACE FUNCTION public.visible_citizens(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text, a_sector text, a_consumer text, a_citizen uuid, a_number bytea, a_purpose text, after uuid, most integer)
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 STABLE ROWS 100
AS $function$
#variable_conflict use_column
declare
  t constant timestamptz := statement_timestamp();
  in_person constant boolean := a_kind in ('citizen', 'representative');
  grant_keys constant text[] := (
    reader_keys(a_kind, a_person, a_role, a_organisation, a_unit, a_consumer, t)).for_grants;
  by_law constant boolean := exists (
    select from statute_version s where s.valid_from <= t and s.valid_to > t and s.recipients && grant_keys);
  step constant int := least(most + 20, 200);
  units text[] := '{}';
  last uuid := coalesce(after, '00000000-0000-0000-0000-000000000000');
  batch uuid[];
  seen uuid;
  given int := 0;
begin
  if a_kind = 'professional' and a_unit is not null then
    units := array(select distinct u.unit_id from unit_above u
      where u.above_id = a_unit and u.valid_from <= t and u.valid_to > t) || a_unit;
  end if;
  while given < most loop
    select array_agg(id order by id) into batch from (
      select id from (
        (select distinct c.citizen_id as id from unnest(grant_keys) k cross join lateral (
          select distinct g.citizen_id from consent g
          where g.recipient = k and g.decision = 'grant' and g.superseded_at = 'infinity' and g.citizen_id > last
          order by g.citizen_id limit step) c order by 1 limit step)
        union
        (select distinct o.citizen_id from unnest(units) u cross join lateral (
          select distinct v.citizen_id from record_version v
          where v.owner_unit = u and v.valid_to = 'infinity' and v.citizen_id > last
          order by v.citizen_id limit step) o order by 1 limit step)
        union
        (select e.citizen_id from enrolment e where by_law and e.ended_at is null and e.citizen_id > last
          order by 1 limit step)
        union
        (select distinct e.citizen_id from emergency_access e
          where e.person = a_person and e.valid_to > t and e.citizen_id > last order by 1 limit step)
        union
        (select distinct r.citizen_id from representation r
          where in_person and r.representative = a_number and r.superseded_at > t and r.citizen_id > last
          order by 1 limit step)
        union
        select a_citizen where in_person and a_citizen > last
      ) candidate order by id limit step
    ) page;
    exit when batch is null;
    for seen in
      select id from (
        select d.citizen_id as id
        from decide(a_kind, a_person, a_role, a_organisation, a_unit, a_domain, a_sector, a_consumer, a_citizen, a_number,
          a_purpose, batch, null, t) d where d.show in ('content', 'busy')
        union
        select b.id from unnest(batch) b(id) where in_person and (b.id = a_citizen or exists (
          select from representation r where r.citizen_id = b.id and r.representative = a_number
            and r.recorded_at <= t and r.superseded_at > t and r.valid_from <= t and r.valid_to > t))
      ) known where exists (select from citizen c where c.id = known.id and c.merged_into is null) order by id
    loop
      return next seen;
      given := given + 1;
      exit when given = most;
    end loop;
    exit when cardinality(batch) < step;
    last := batch[cardinality(batch)];
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION public.visible_records(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text, a_sector text, a_consumer text, a_citizen uuid, a_number bytea, a_purpose text, asked uuid[], only_records uuid[], as_of timestamp with time zone)
 RETURNS TABLE(citizen_id uuid, record_id uuid, kind text, domain text, source text, show text, rule integer, basis text, stripped boolean, master_stripped boolean)
 LANGUAGE plpgsql
 STABLE ROWS 60
AS $function$
#variable_conflict use_column
begin
  return query
  select d.citizen_id, d.record_id, d.kind, d.domain, d.source, d.show, d.rule, d.basis, d.stripped, d.master_stripped
  from decide(a_kind, a_person, a_role, a_organisation, a_unit, a_domain, a_sector, a_consumer, a_citizen, a_number,
    a_purpose, asked, only_records, as_of) d
  where d.show in ('content', 'busy') or (d.show = 'stub' and exists (
    select from decide(a_kind, a_person, a_role, a_organisation, a_unit, a_domain, a_sector, a_consumer, a_citizen,
      a_number, a_purpose, array[d.citizen_id], null, as_of) o
    where o.show in ('content', 'busy')));
end $function$;

-- Triggers

CREATE TRIGGER unit_version_changed AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.unit_version FOR EACH STATEMENT EXECUTE FUNCTION refresh_unit_above();
