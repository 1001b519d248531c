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
