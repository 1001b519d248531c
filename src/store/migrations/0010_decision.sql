-- Who sees what: the seven rules, decided in one place. Reads, explain and history call the same function; only `as_of`
-- differs. Deny by default: a record that no rule shows is hidden by rule 7.

-- Candidates for "which citizens may this reader see".
create index consent_recipient on consent (recipient, citizen_id) where decision = 'grant' and superseded_at = 'infinity';
create index record_version_owner on record_version (owner_unit, citizen_id) where valid_to = 'infinity';
create index emergency_access_person on emergency_access (person, valid_to);
-- Every unit with itself and all that is above it, for as long as that holds: the tree walked once, when it changes.
create table unit_above (
  unit_id text not null,
  above_id text not null,
  above_type text not null,
  valid_from timestamptz not null,
  valid_to timestamptz not null
);
create index unit_above_unit on unit_above (unit_id, above_id);
create index unit_above_above on unit_above (above_id);

create function refresh_unit_above() returns trigger language plpgsql as $$
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
end $$;
create trigger unit_version_changed after insert or update or delete or truncate on unit_version
  for each statement execute function refresh_unit_above();

-- Citizens who ever were in a record together with somebody else. Only a shortcut: whoever is not here needs no look for
-- other subjects. Kept by trigger, so that no writer can forget it (rows are closed, never moved to another citizen);
-- nobody is taken out again. Writers of one record's versions are serialised by the locks of its source and of people.
create table shared_citizen (citizen_id uuid primary key);

create function note_shared_citizens() returns trigger language plpgsql as $$
begin
  insert into shared_citizen
  select distinct both_of.id
  from added n
  -- Row by row through the index, whatever the planner was told of the table when it was empty.
  cross join lateral (select v.citizen_id from record_version v where v.record_id = n.record_id and v.citizen_id <> n.citizen_id offset 0) v
  cross join lateral (values (n.citizen_id), (v.citizen_id)) both_of(id)
  on conflict do nothing;
  return null;
end $$;
create trigger record_version_added after insert on record_version
  referencing new table as added for each statement execute function note_shared_citizens();

-- What recipients name this reader. A grant names a node by its type; a refusal reaches it under either name, so that a
-- citizen who calls a unit an organisation is not left without protection. A grant to an organisation is for its people:
-- a consumer system is reached by grants to itself alone, and by every refusal that reaches its organisation.
create function reader_keys(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_consumer text,
  t timestamptz, out for_grants text[], out for_refusals text[])
language plpgsql stable parallel safe as $$
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
end $$;

create function sensitivity_rank(level text) returns int language sql immutable parallel safe as $$
  select case level when 'normal' then 0 when 'confidential' then 1 when 'sensitive' then 2 else 3 end
$$;

-- What the rules say of one citizen's records as if nobody else were in them. Strength: 3 content, 2 busy time, 1 that it
-- exists, 0 nothing. `guarded`: a private reader must not see protected fields, for this citizen's or a third person's sake.
create function judge(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text, self uuid,
  a_number bytea, a_purpose text, grant_keys text[], refuse_keys text[], one uuid, only_records uuid[], t timestamptz)
returns table (record_id uuid, citizen_id uuid, kind text, domain text, source text, rule int, strength int, basis text,
  guarded boolean)
language plpgsql stable rows 60 as $$
#variable_conflict use_column
declare
  in_person constant boolean := a_kind in ('citizen', 'representative');
  is_self constant boolean := coalesce(one = self, false);
  in_unit constant boolean := a_kind = 'professional' and a_unit is not null;
  reads constant boolean := a_kind not in ('administrator', 'dpo');
  of_health constant boolean := coalesce(a_domain = 'health', false);
begin
  return query
  with said as materialized (
    select c.decision, c.domains, c.kinds, c.record_id, c.numbers, c.show,
      coalesce(of_health or 'health' = any (c.domains), false) as names_health,
      case when c.up_to = 'sensitive' and c.recipient like 'person:%' then 3 else sensitivity_rank(c.up_to) end as reach,
      'consent:' || c.id || ':' || c.version as basis
    from consent c
    where c.citizen_id = one and c.recorded_at <= t and c.superseded_at > t and not c.withdrawn
      and c.valid_from <= t and c.valid_to > t and (c.purposes is null or a_purpose = any (c.purposes))
      and case c.decision when 'grant' then c.recipient = any (grant_keys)
          else c.recipient is null or c.recipient = any (refuse_keys) end
    -- Content is preferred to busy time.
    order by c.show desc, c.id
  ),
  law as materialized (
    select s.opt_out, s.domains, s.kinds, coalesce(of_health or 'health' = any (s.domains), false) as names_health,
      case when s.up_to = 'sensitive' and exists (select from unnest(s.recipients) r
        where r like 'person:%' and r = any (grant_keys)) then 3 else sensitivity_rank(s.up_to) end as reach,
      'statute:' || s.statute_id as basis
    from statute_version s
    where s.valid_from <= t and s.valid_to > t and s.recipients && grant_keys
      and (s.purposes is null or a_purpose = any (s.purposes))
    order by s.statute_id
  ),
  represented as materialized (
    select r.domains, r.kinds, 'representation:' || r.id || ':' || r.version as basis
    from representation r
    where in_person and r.citizen_id = one and r.representative = a_number and r.recorded_at <= t and r.superseded_at > t
      and r.valid_from <= t and r.valid_to > t
  )
  select j.record_id, one, j.kind, j.domain, j.source, left(j.verdict, 1)::int, substr(j.verdict, 2, 1)::int,
    nullif(substr(j.verdict, 3), ''), j.guarded
  from (
    select s.record_id, s.kind, s.domain, s.source,
      s.third_party_protected or (not is_self and exists (select from protection p where p.citizen_id = one
        and p.valid_from <= t and p.valid_to > t and p.recorded_at <= t and p.superseded_at > t)) as guarded,
      -- Rule, strength, basis. The first that decides ends the search.
      coalesce(
        case when s.withheld and (is_self or exists (select from represented)) then '10' when is_self then '13' end,
        case when in_person then (select '13' || r.basis from represented r
          where (r.domains is null or s.domain = any (r.domains)) and (r.kinds is null or s.kind = any (r.kinds)) limit 1) end,
        case when in_unit and (s.level < 3 or a_person = any (s.named)) and (s.owner_unit = a_unit or s.owner_unit in (
          select u.unit_id from unit_above u where u.above_id = a_unit and u.valid_from <= t and u.valid_to > t)) then '23' end,
        (select min('33emergency:' || e.id) from emergency_access e where a_kind = 'professional' and e.citizen_id = one
          and e.person = a_person and e.role = a_role and e.organisation = a_organisation
          and e.valid_from <= t and e.valid_to > t),
        (select '43' || l.basis from law l where not l.opt_out and s.level <= l.reach
          and (l.domains is null or s.domain = any (l.domains)) and (l.kinds is null or s.kind = any (l.kinds))
          and (l.names_health or s.domain <> 'health') limit 1),
        (select '50' || c.basis from said c where c.decision = 'refuse'
          and (c.domains is null or s.domain = any (c.domains)) and (c.kinds is null or s.kind = any (c.kinds))
          and (c.record_id is null or c.record_id = s.record_id) limit 1),
        (select '63' || c.basis from said c where c.decision = 'grant' and c.show = 'content' and s.level <= c.reach
          and (c.domains is null or s.domain = any (c.domains)) and (c.kinds is null or s.kind = any (c.kinds))
          and (c.record_id is null or c.record_id = s.record_id) and s.identity_id = any (c.numbers)
          and (c.names_health or s.domain <> 'health') limit 1),
        (select '63' || l.basis from law l where l.opt_out and s.level <= l.reach
          and (l.domains is null or s.domain = any (l.domains)) and (l.kinds is null or s.kind = any (l.kinds))
          and (l.names_health or s.domain <> 'health') limit 1),
        case when s.kind = 'appointment' then (select '62' || c.basis from said c
          where c.decision = 'grant' and c.show = 'busy' and s.level <= c.reach
          and (c.domains is null or s.domain = any (c.domains)) and (c.kinds is null or s.kind = any (c.kinds))
          and (c.record_id is null or c.record_id = s.record_id) and s.identity_id = any (c.numbers)
          and (c.names_health or s.domain <> 'health') limit 1) end,
        case when reads and s.source = any (array(select x.source from source_version x
          where x.existence_shown and x.valid_from <= t and x.valid_to > t)) then '71' end,
        '70') as verdict
    from (
      select v.record_id, v.identity_id, v.kind, v.domain, v.source, v.owner_unit, v.named, v.withheld,
        v.third_party_protected, sensitivity_rank(v.sensitivity) as level
      from record_version v
      where v.citizen_id = one and v.valid_from <= t and v.valid_to > t
        and (only_records is null or v.record_id = any (only_records))
      offset 0
    ) s
    -- Without these fences the planner would compute each column once for every place that mentions it.
    offset 0
  ) j;
end $$;

-- One row per asked citizen and record in force at `as_of`, hidden ones included, with the rule that decided.
create function decide(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text,
  a_sector text, a_consumer text, a_citizen uuid, a_number bytea, a_purpose text,
  asked uuid[], only_records uuid[], as_of timestamptz)
returns table (citizen_id uuid, record_id uuid, kind text, domain text, source text, show text, rule int, basis text,
  stripped boolean, master_stripped boolean, by_other_subject boolean)
language plpgsql stable rows 60 as $$
#variable_conflict use_column
declare
  t constant timestamptz := coalesce(as_of, statement_timestamp());
  in_person constant boolean := a_kind in ('citizen', 'representative');
  self constant uuid := case when in_person then a_citizen end;
  private constant boolean := in_person or a_sector is distinct from 'public';
  shows constant text[] := array['hidden', 'stub', 'busy', 'content'];
  keys record;
  one uuid;
  shared uuid[];
begin
  keys := reader_keys(a_kind, a_person, a_role, a_organisation, a_unit, a_consumer, t);
  -- One citizen at a time: what is said about one is a handful of rows, so that nested loops stay short.
  foreach one in array case when cardinality(asked) > 1 then array(select distinct c from unnest(asked) c) else asked end loop
    -- Most records concern one citizen; those with more are weighed together below.
    shared := '{}';
    if exists (select from shared_citizen k where k.citizen_id = one) then
      shared := array(
        select o.record_id from record_version a join record_version o on o.record_id = a.record_id
        where a.citizen_id = one and a.valid_from <= t and a.valid_to > t
          and (only_records is null or a.record_id = any (only_records))
          and o.citizen_id <> one and o.valid_from <= t and o.valid_to > t);
    end if;
    return query
    select one, j.record_id, j.kind, j.domain, j.source, shows[1 + j.strength], j.rule, j.basis, private and j.guarded,
      private and one is distinct from self and exists (select from protection p where p.citizen_id = one
        and p.valid_from <= t and p.valid_to > t and p.recorded_at <= t and p.superseded_at > t),
      false
    from judge(a_kind, a_person, a_role, a_organisation, a_unit, a_domain, self, a_number, a_purpose, keys.for_grants,
      keys.for_refusals, one, only_records, t) j
    where shared = '{}' or j.record_id <> all (shared);
    continue when shared = '{}';
    return query
    with together as (
      select j.*, bool_or(j.guarded) over record as guarded_any,
        bool_or(j.rule = 1 and j.strength = 0) over record as barred,
        first_value(j.strength) over record as weakest_strength, first_value(j.rule) over record as weakest_rule,
        first_value(j.basis) over record as weakest_basis
      from (
        select v.citizen_id as id from record_version v
        where v.record_id = any (shared) and v.valid_from <= t and v.valid_to > t group by v.citizen_id
      ) person cross join lateral judge(a_kind, a_person, a_role, a_organisation, a_unit, a_domain, self, a_number,
        a_purpose, keys.for_grants, keys.for_refusals, person.id, shared, t) j
      window record as (partition by j.record_id order by j.strength, j.rule desc, j.basis, j.citizen_id
        rows between unbounded preceding and unbounded following)
    )
    -- A citizen sees a record whatever the others in it say, unless it is withheld from them; others need every subject.
    select one, f.record_id, f.kind, f.domain, f.source,
      shows[1 + case when own then f.strength else f.weakest_strength end],
      case when own then f.rule else f.weakest_rule end,
      case when own then f.basis else f.weakest_basis end,
      private and f.guarded_any,
      private and one is distinct from self and exists (select from protection p where p.citizen_id = one
        and p.valid_from <= t and p.valid_to > t and p.recorded_at <= t and p.superseded_at > t),
      not own
    from together f
    cross join lateral (select case when f.barred then f.rule = 1 and f.strength = 0
      else f.rule = 1 or f.strength = f.weakest_strength end as own) side
    where f.citizen_id = one;
  end loop;
end $$;

-- What the reader is shown. That something exists is told only about a citizen of whom the reader sees more than that.
create function visible_records(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text,
  a_sector text, a_consumer text, a_citizen uuid, a_number bytea, a_purpose text,
  asked uuid[], only_records uuid[], as_of timestamptz)
returns table (citizen_id uuid, record_id uuid, kind text, domain text, source text, show text, rule int, basis text,
  stripped boolean, master_stripped boolean)
language plpgsql stable rows 60 as $$
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
end $$;

-- Does the citizen exist for the reader: one record seen (a stub is not), or the citizen, or whoever represents them.
create function citizen_access(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text,
  a_sector text, a_consumer text, a_citizen uuid, a_number bytea, a_purpose text, asked uuid, as_of timestamptz)
returns table (visible boolean, stripped boolean)
language plpgsql stable rows 1 as $$
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
end $$;

-- Ids of the citizens who exist for the reader, ascending, in pages. Candidates come from what could name the reader;
-- the rules decide each of them.
create function visible_citizens(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text,
  a_sector text, a_consumer text, a_citizen uuid, a_number bytea, a_purpose text, after uuid, most int)
returns setof uuid
language plpgsql stable rows 100 as $$
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
end $$;
