-- Who sees what: the seven rules, decided in one place. Reads, explain and history call the same function; only `as_of`
-- differs. Deny by default: a record that no rule shows is hidden by rule 7.

-- Candidates for "which citizens may this reader see".
create index consent_recipient on consent (recipient, citizen_id) where decision = 'grant' and superseded_at = 'infinity';
create index record_version_owner on record_version (owner_unit, citizen_id) where valid_to = 'infinity';
create index emergency_access_person on emergency_access (person, valid_to);
create index unit_version_parent on unit_version (parent_id);

-- What recipients name this reader. A grant names a node by its type; a refusal reaches it under either name, so that a
-- citizen who calls a unit an organisation is not left without protection. A grant to an organisation is for its people:
-- a consumer system is reached by grants to itself alone, and by every refusal that reaches its organisation.
create function reader_keys(for_grants boolean, a_kind text, a_person text, a_role text, a_organisation text, a_unit text,
  a_consumer text, as_of timestamptz) returns text[]
language sql stable parallel safe as $$
  with recursive up(id, type, parent_id, depth) as (
    select claim.id, coalesce(u.type, claim.type), u.parent_id, 1
    from (values (a_unit, 'unit'), (a_organisation, 'organisation')) as claim(id, type)
    left join unit_version u on u.unit_id = claim.id and u.valid_from <= as_of and as_of < u.valid_to
      and (claim.type = 'unit' or u.type = 'organisation')
    where claim.id is not null
    union all
    select u.unit_id, u.type, u.parent_id, up.depth + 1
    from up join unit_version u on u.unit_id = up.parent_id and u.valid_from <= as_of and as_of < u.valid_to
    where up.depth < 32
  )
  select case
    when a_kind in ('administrator', 'dpo') then '{}'
    when for_grants and a_kind = 'consumer-system' then array['consumer:' || a_consumer]
    else array_remove(array['person:' || a_person, 'role:' || a_role, 'consumer:' || a_consumer], null)
      || coalesce((select array_agg(type || ':' || id) from up), '{}')
      || case when for_grants then '{}'
         else coalesce((select array_agg(case type when 'unit' then 'organisation:' else 'unit:' end || id) from up), '{}') end
  end
$$;

create function sensitivity_rank(level text) returns int language sql immutable parallel safe as $$
  select case level when 'normal' then 0 when 'confidential' then 1 when 'sensitive' then 2 else 3 end
$$;

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
  reads constant boolean := a_kind not in ('administrator', 'dpo');
  grant_keys constant text[] := reader_keys(true, a_kind, a_person, a_role, a_organisation, a_unit, a_consumer, t);
  refuse_keys constant text[] := reader_keys(false, a_kind, a_person, a_role, a_organisation, a_unit, a_consumer, t);
begin
  return query
  with subject as materialized (
    -- Every enrolled subject of the asked citizens' records: the rules must show it for each of them.
    select v.record_id, v.citizen_id, v.identity_id, v.kind, v.domain, v.source, v.sensitivity, v.owner_unit, v.named,
      v.withheld, v.third_party_protected
    from record_version v
    where v.valid_from <= t and v.valid_to > t and v.record_id = any (array(
      select a.record_id from record_version a
      where a.citizen_id = any (asked) and a.valid_from <= t and a.valid_to > t
        and (only_records is null or a.record_id = any (only_records))))
  ),
  person as materialized (select distinct citizen_id from subject),
  represented as materialized (
    select r.citizen_id, r.domains, r.kinds, 'representation:' || r.id || ':' || r.version as basis
    from representation r
    where in_person and r.representative = a_number and r.recorded_at <= t and r.superseded_at > t
      and r.valid_from <= t and r.valid_to > t
  ),
  own_unit as materialized (
    select o.owner_unit
    from (select distinct owner_unit from subject where a_kind = 'professional' and a_unit is not null) o
    where o.owner_unit = a_unit or a_unit = any (unit_ancestors(o.owner_unit, t))
  ),
  emergency as materialized (
    select e.citizen_id, min('emergency:' || e.id) as basis
    from emergency_access e
    where a_kind = 'professional' and e.citizen_id in (select citizen_id from person) and e.person = a_person
      and e.role = a_role and e.organisation = a_organisation and e.valid_from <= t and e.valid_to > t
    group by e.citizen_id
  ),
  said as materialized (
    select c.citizen_id, c.decision, c.domains, c.kinds, c.record_id, c.numbers, sensitivity_rank(c.up_to) as reach,
      c.recipient like 'person:%' as personal, c.show, 'consent:' || c.id || ':' || c.version as basis
    from person p join consent c on c.citizen_id = p.citizen_id
    where c.recorded_at <= t and c.superseded_at > t and not c.withdrawn and c.valid_from <= t and c.valid_to > t
      and (c.purposes is null or a_purpose = any (c.purposes))
      and case c.decision when 'grant' then c.recipient = any (grant_keys)
          else c.recipient is null or c.recipient = any (refuse_keys) end
  ),
  law as materialized (
    select s.opt_out, s.domains, s.kinds, sensitivity_rank(s.up_to) as reach,
      'person:' || a_person = any (s.recipients) and 'person:' || a_person = any (grant_keys) as personal,
      'statute:' || s.statute_id as basis
    from statute_version s
    where s.valid_from <= t and s.valid_to > t and s.recipients && grant_keys
      and (s.purposes is null or a_purpose = any (s.purposes))
  ),
  guarded as materialized (
    select distinct p.citizen_id from protection p
    where private and p.citizen_id in (select citizen_id from person) and p.citizen_id is distinct from self
      and p.valid_from <= t and p.valid_to > t and p.recorded_at <= t and p.superseded_at > t
  ),
  -- What the rules say of each subject alone. Strength: 3 content, 2 busy, 1 stub, 0 hidden.
  alone as (
    select s.record_id, s.citizen_id, s.kind, s.domain, s.source, verdict.rule, verdict.strength, verdict.basis,
      s.third_party_protected or s.citizen_id in (select citizen_id from guarded) as guard
    from subject s
    cross join lateral (
      select s.citizen_id is not distinct from self and self is not null as is_self,
        (select min(r.basis) from represented r where r.citizen_id = s.citizen_id
          and (r.domains is null or s.domain = any (r.domains)) and (r.kinds is null or s.kind = any (r.kinds))) as by_representation,
        s.citizen_id in (select citizen_id from represented) as is_represented
    ) one
    left join lateral (
      select l.opt_out, l.basis from law l
      where not one.is_self and (l.domains is null or s.domain = any (l.domains)) and (l.kinds is null or s.kind = any (l.kinds))
        and (s.domain <> 'health' or a_domain = 'health' or 'health' = any (l.domains))
        and sensitivity_rank(s.sensitivity) <= case when l.personal and l.reach = 2 then 3 else l.reach end
      order by l.opt_out, l.basis limit 1
    ) statute on true
    left join lateral (
      select min(c.basis) as basis from said c
      where c.decision = 'refuse' and c.citizen_id = s.citizen_id and (c.domains is null or s.domain = any (c.domains))
        and (c.kinds is null or s.kind = any (c.kinds)) and (c.record_id is null or c.record_id = s.record_id)
    ) refusal on true
    left join lateral (
      select c.show, c.basis from said c
      where c.decision = 'grant' and c.citizen_id = s.citizen_id and (c.domains is null or s.domain = any (c.domains))
        and (c.kinds is null or s.kind = any (c.kinds)) and (c.record_id is null or c.record_id = s.record_id)
        and s.identity_id = any (c.numbers)
        and (s.domain <> 'health' or a_domain = 'health' or 'health' = any (c.domains))
        and sensitivity_rank(s.sensitivity) <= case when c.personal and c.reach = 2 then 3 else c.reach end
        and (c.show = 'content' or s.kind = 'appointment')
      order by c.show desc, c.basis limit 1
    ) given on true
    cross join lateral (
      select * from (values
        (1, 0, null, s.withheld and (one.is_self or one.is_represented)),
        (1, 3, null, one.is_self),
        (1, 3, one.by_representation, one.by_representation is not null),
        (2, 3, null, s.owner_unit in (select owner_unit from own_unit)
          and (s.sensitivity <> 'vip' or a_person = any (s.named))),
        (3, 3, (select e.basis from emergency e where e.citizen_id = s.citizen_id),
          s.citizen_id in (select citizen_id from emergency)),
        (4, 3, statute.basis, not statute.opt_out),
        (5, 0, refusal.basis, refusal.basis is not null),
        (6, 3, given.basis, given.show = 'content'),
        (6, 3, statute.basis, statute.opt_out),
        (6, 2, given.basis, given.show = 'busy'),
        (7, 1, null, reads and exists (select from source_version x where x.source = s.source and x.existence_shown
          and x.valid_from <= t and x.valid_to > t)),
        (7, 0, null, true)
      ) as line(rule, strength, basis, decides)
      where decides limit 1
    ) verdict
  ),
  together as (
    select a.*,
      bool_or(a.guard) over record as guard_any,
      bool_or(a.rule = 1 and a.strength = 0) over record as barred,
      first_value(a.citizen_id) over weakest as weakest_citizen,
      first_value(a.strength) over weakest as weakest_strength,
      first_value(a.rule) over weakest as weakest_rule,
      first_value(a.basis) over weakest as weakest_basis
    from alone a
    window record as (partition by a.record_id),
      weakest as (partition by a.record_id order by a.strength, a.rule desc, a.citizen_id)
  )
  select f.citizen_id, f.record_id, f.kind, f.domain, f.source,
    (array['hidden', 'stub', 'busy', 'content'])[1 + case when own then f.strength else f.weakest_strength end],
    case when own then f.rule else f.weakest_rule end,
    case when own then f.basis else f.weakest_basis end,
    private and f.guard_any,
    f.citizen_id in (select citizen_id from guarded),
    not own
  from together f
  -- A citizen sees a record whatever the others in it say, unless it is withheld from them; others need every subject.
  cross join lateral (select case when f.barred then f.rule = 1 and f.strength = 0
    else f.rule = 1 or f.strength = f.weakest_strength end as own) side
  where f.citizen_id = any (asked);
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
  grant_keys constant text[] := reader_keys(true, a_kind, a_person, a_role, a_organisation, a_unit, a_consumer, t);
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
    with recursive down(id, depth) as (
      select a_unit, 1
      union all
      select u.unit_id, down.depth + 1 from down join unit_version u on u.parent_id = down.id
      where u.valid_from <= t and t < u.valid_to and down.depth < 32
    )
    select array_agg(distinct id) into units from down;
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
