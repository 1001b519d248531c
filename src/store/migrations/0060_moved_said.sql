-- What was said of a citizen, and who represents them, goes along when numbers become one citizen and when they are parted.
-- Under which id it was before is kept, so that "what could X see on date D" weighs it where it was weighed then.
alter table consent add column under_since timestamptz not null default '-infinity';
alter table representation add column under_since timestamptz not null default '-infinity';

-- One row per version and id it was under before.
create table moved_said (
  said_id uuid not null,
  version int not null,
  citizen_id uuid not null references citizen,
  since timestamptz not null,
  until timestamptz not null
);
create index moved_said_citizen on moved_said (citizen_id);

-- By trigger, so that no writer can forget it. From the instant at which the records themselves change hands.
create function note_moved_said() returns trigger language plpgsql as $$
begin
  insert into moved_said values (old.id, old.version, old.citizen_id, old.under_since, greatest(now(), old.under_since));
  new.under_since := greatest(now(), old.under_since);
  return new;
end $$;
create trigger consent_moved before update of citizen_id on consent
  for each row when (old.citizen_id <> new.citizen_id) execute function note_moved_said();
create trigger representation_moved before update of citizen_id on representation
  for each row when (old.citizen_id <> new.citizen_id) execute function note_moved_said();

-- The rules of 0010 and 0048, with what was said read as it lay at the instant asked about.
create or replace function judge(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text, self uuid,
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
    from (
      select x.* from consent x where x.citizen_id = one and x.under_since <= t
      union all
      select x.* from moved_said m join consent x on x.id = m.said_id and x.version = m.version
      where m.citizen_id = one and m.since <= t and m.until > t) c
    where c.recorded_at <= t and c.superseded_at > t and not c.withdrawn
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
    from (
      select x.* from representation x where in_person and x.citizen_id = one and x.under_since <= t
      union all
      select x.* from moved_said m join representation x on x.id = m.said_id and x.version = m.version
      where in_person and m.citizen_id = one and m.since <= t and m.until > t) r
    where r.representative = a_number and r.recorded_at <= t and r.superseded_at > t
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
        case when in_unit and not s.theirs and (s.level < 3 or a_person = any (s.named)) and (s.owner_unit = a_unit or s.owner_unit in (
          select u.unit_id from unit_above u where u.above_id = a_unit and u.valid_from <= t and u.valid_to > t)) then '23' end,
        (select min('33emergency:' || e.id) from emergency_access e where not s.theirs and a_kind = 'professional' and e.citizen_id = one
          and e.person = a_person and e.role = a_role and e.organisation = a_organisation
          and e.valid_from <= t and e.valid_to > t),
        (select '43' || l.basis from law l where not s.theirs and not l.opt_out and s.level <= l.reach
          and (l.domains is null or s.domain = any (l.domains)) and (l.kinds is null or s.kind = any (l.kinds))
          and (l.names_health or s.domain <> 'health') limit 1),
        (select '50' || c.basis from said c where c.decision = 'refuse'
          and (c.domains is null or s.domain = any (c.domains)) and (c.kinds is null or s.kind = any (c.kinds))
          and (c.record_id is null or c.record_id = s.record_id) limit 1),
        (select '63' || c.basis from said c where c.decision = 'grant' and c.show = 'content' and s.level <= c.reach
          and (c.domains is null or s.domain = any (c.domains)) and (c.kinds is null and not s.theirs or s.kind = any (c.kinds))
          and (c.record_id is null or c.record_id = s.record_id) and s.identity_id = any (c.numbers)
          and (c.names_health or s.domain <> 'health') limit 1),
        (select '63' || l.basis from law l where not s.theirs and l.opt_out and s.level <= l.reach
          and (l.domains is null or s.domain = any (l.domains)) and (l.kinds is null or s.kind = any (l.kinds))
          and (l.names_health or s.domain <> 'health') limit 1),
        case when s.kind = 'appointment' then (select '62' || c.basis from said c
          where c.decision = 'grant' and c.show = 'busy' and s.level <= c.reach
          and (c.domains is null or s.domain = any (c.domains)) and (c.kinds is null or s.kind = any (c.kinds))
          and (c.record_id is null or c.record_id = s.record_id) and s.identity_id = any (c.numbers)
          and (c.names_health or s.domain <> 'health') limit 1) end,
        case when reads and not s.theirs and s.source = any (array(select x.source from source_version x
          where x.existence_shown and x.valid_from <= t and x.valid_to > t)) then '71' end,
        '70') as verdict
    from (
      select v.record_id, v.identity_id, v.kind, v.domain, v.source, v.owner_unit, v.named, v.withheld,
        v.third_party_protected, sensitivity_rank(v.sensitivity) as level,
        v.kind = 'rating' as theirs
      from record_version v
      where v.citizen_id = one and v.valid_from <= t and v.valid_to > t
        and (only_records is null or v.record_id = any (only_records))
      offset 0
    ) s
    -- Without these fences the planner would compute each column once for every place that mentions it.
    offset 0
  ) j;
end $$;
