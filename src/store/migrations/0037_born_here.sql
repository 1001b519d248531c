-- What is born here: comments, agreements and requests. Each is a record of source `samspil` beside the sources' own, and
-- waits in the responsible unit's list until the unit has it in its journal; no erasure takes that away.

-- The record it is about, whose verdict is its own; absent: it is about the plan as a whole and judged by itself.
alter table record_version add column about_id uuid;
create index record_version_about on record_version (citizen_id) where about_id is not null;

-- Whose it is, for as long as the record lives or something said in it waits. Tied to the number it was said under, so
-- that merges and splits move nothing.
create table born_record (
  record_id uuid primary key,
  identity_id bigint not null references identity,
  kind text not null check (kind in ('comment', 'agreement', 'request')),
  unit_id text not null,
  about_id uuid,
  sensitivity text not null,
  named text[] not null default '{}',
  author_kind text not null,
  author_person text not null,
  written_at timestamptz not null default now(),
  version int not null default 1,
  withdrawn_at timestamptz,
  withdrawn_by text
);
create index born_record_identity on born_record (identity_id);

-- One row per thing said: the first version and each that followed, sealed.
create table journal_item (
  id uuid primary key,
  record_id uuid not null references born_record on delete cascade,
  version int not null,
  said_by text not null,
  said_at timestamptz not null default now(),
  content bytea not null,
  settled text check (settled in ('confirmed', 'released')),
  settled_at timestamptz,
  settled_by text,
  -- The journal's own number of it, or why it was released; sealed.
  note bytea,
  unique (record_id, version)
);
create index journal_item_waiting on journal_item (said_at, id) where settled is null;

-- What is about a record is decided by that record's own verdict, whatever its kind, domain or sensitivity became since,
-- so that hiding the record hides every word about it. When the record is gone from the hub, no grant reaches what was
-- said about it: the citizen and the unit it was said to keep it.
alter function decide(text, text, text, text, text, text, text, text, uuid, bytea, text, uuid[], uuid[], timestamptz)
  rename to decide_each;

create function decide(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text,
  a_sector text, a_consumer text, a_citizen uuid, a_number bytea, a_purpose text,
  asked uuid[], only_records uuid[], as_of timestamptz)
returns table (citizen_id uuid, record_id uuid, kind text, domain text, source text, show text, rule int, basis text,
  stripped boolean, master_stripped boolean, by_other_subject boolean)
language plpgsql stable rows 60 as $$
#variable_conflict use_column
declare
  t constant timestamptz := coalesce(as_of, statement_timestamp());
begin
  if not exists (select from record_version v where v.citizen_id = any (asked) and v.about_id is not null) then
    return query select * from decide_each(a_kind, a_person, a_role, a_organisation, a_unit, a_domain, a_sector, a_consumer,
      a_citizen, a_number, a_purpose, asked, only_records, t);
    return;
  end if;
  return query
  with tied as materialized (
    select v.citizen_id, v.record_id, v.about_id from record_version v
    where v.citizen_id = any (asked) and v.about_id is not null and v.valid_from <= t and v.valid_to > t
      and (only_records is null or v.record_id = any (only_records))
  ),
  each_one as materialized (
    select * from decide_each(a_kind, a_person, a_role, a_organisation, a_unit, a_domain, a_sector, a_consumer,
      a_citizen, a_number, a_purpose, asked,
      case when only_records is not null then only_records || array(select about_id from tied) end, t)
  )
  select d.citizen_id, d.record_id, d.kind, d.domain, d.source,
    case when said.plain then d.show when said.shown then 'content' else 'hidden' end,
    case when said.plain then d.rule when r.record_id is null then case when said.shown then d.rule else 7 end
      when r.show in ('content', 'hidden') then r.rule else 7 end,
    case when said.plain then d.basis when r.record_id is null then case when said.shown then d.basis end
      when r.show in ('content', 'hidden') then r.basis end,
    d.stripped, d.master_stripped, coalesce(r.by_other_subject, d.by_other_subject)
  from each_one d
  left join tied on tied.citizen_id = d.citizen_id and tied.record_id = d.record_id
  left join each_one r on r.citizen_id = tied.citizen_id and r.record_id = tied.about_id
  cross join lateral (select tied.about_id is null as plain,
    case when r.record_id is null then d.rule in (1, 2) and d.show = 'content' else r.show = 'content' end as shown) said
  where only_records is null or d.record_id = any (only_records);
end $$;
