// The statement behind the plan. Rows of seven parts share their columns; see Row in plans.ts.

/** Freshness of each source: the oldest of its kinds counts, and a kind that never completed makes it unknown. */
export const freshnessSql = `
  select source, case when bool_and(last_complete_at is not null) then min(last_complete_at) end as synced
  from (select source, last_complete_at from sync_state
        union all select source, null from schedule s
        where not exists (select from sync_state y where y.source = s.source and y.kind = s.kind)) kind
  group by source`;

const staleText = `',"staleSince":"' || to_char(stale_since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '"}'`;

export const planSql = `
with d as materialized (
  select * from decide($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::uuid, $10::bytea, $11::text,
    array[$12::uuid], null, null)),
shown as (
  select d.kind, d.record_id as id, d.rule, d.basis, r.content_hash, r.stale_since,
    d.stripped and (b.stripped is not null or b.stripped_cipher is not null) as less,
    case when d.stripped and (b.stripped is not null or b.stripped_cipher is not null) then b.stripped else b.body end as text,
    case when d.stripped and (b.stripped is not null or b.stripped_cipher is not null) then b.stripped_cipher else b.cipher end as cipher
  from d join record r on r.id = d.record_id join record_body b on b.record_id = d.record_id
  where d.show = 'content' and ($13::text[] is null or d.kind = any ($13::text[])))
select 'seen' as part, null as name, null as ids, null as texts, null as rules, null as hash, null::bytea as packed, null::timestamptz as at,
  coalesce(bool_or(show in ('content', 'busy')), false) as yes, coalesce(bool_or(show <> 'content'), false) as hidden,
  coalesce(bool_or(master_stripped), false) as strip
from d
union all
select 'list', kind, string_agg(id::text, ',' order by id),
  string_agg(case when stale_since is null then text else left(text, -1) || ${staleText} end, ',' order by id),
  string_agg(rule || ' ' || coalesce(basis, ''), E'\\n' order by id),
  encode(sha256(string_agg(uuid_send(id) || content_hash || convert_to(less::text || coalesce(stale_since::text, ''), 'UTF8'), '' order by id)), 'base64'),
  string_agg(uuid_send(id) || case when less then '\\x01'::bytea else '\\x00'::bytea end
    || int8send(coalesce((extract(epoch from stale_since) * 1000)::int8, 0)) || int4send(length(cipher)) || cipher, '' order by id),
  null, null, null, null
from shown group by kind
union all
select 'stub', domain || E'\\n' || source || E'\\n' || kind, null, null, null, null, null, null, null, null, null
from d where show = 'stub' and exists (select from d o where o.show in ('content', 'busy'))
union all
select 'links', null, null, string_agg('{"from":"' || l.from_id || '","rel":"' || l.rel || '","to":"' || l.to_id || '"}', ',' order by l.from_id, l.rel, l.to_id),
  null, null, null, null, null, null, null
from d a join link l on l.from_id = a.record_id join d b on b.record_id = l.to_id
where a.show = 'content' and b.show = 'content' and ($13::text[] is null or (a.kind = any ($13::text[]) and b.kind = any ($13::text[])))
union all
select 'master', c.source, c.record_id::text, b.body, null, null, b.cipher, null, null, null, null
from citizen_record c join record_body b on b.record_id = c.record_id where c.citizen_id = $12::uuid
union all
select 'source', f.source, null, null, null, null, null, f.synced, null, null, null from (${freshnessSql}) f
union all
select 'pending', source, null, null, null, null, null, null, null, null, null
from citizen_fetch where citizen_id = $12::uuid and ended_at is null`;
