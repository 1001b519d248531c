// The statement behind the plan. Rows of six parts share their columns; see Row in plans.ts. What it costs is mostly the
// number of nodes the executor sets up and of rows it sends, so bodies are joined once and texts are joined per kind.

/** Freshness of each source: the oldest of its kinds counts, and a kind that never completed makes it unknown. */
export const freshnessSql = `
  select source, case when bool_and(last_complete_at is not null) then min(last_complete_at) end as synced
  from (select source, last_complete_at from sync_state
        union all select source, null from schedule s
        where not exists (select from sync_state y where y.source = s.source and y.kind = s.kind)) kind
  group by source`;

const staleText = `',"staleSince":"' || to_char(stale_since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '"}'`;

/** $1–$11 the actor, $12 the citizen, $13 kinds or null. The sources' citizen records come as the list "citizen". */
export const planSql = `
with d as materialized (
  select * from decide($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::uuid, $10::bytea, $11::text,
    array[$12::uuid], null, null)),
wanted as (
  select record_id, kind, rule || ' ' || coalesce(basis, '') as said, stripped
  from d where show = 'content' and ($13::text[] is null or kind = any ($13::text[]))
  union all
  select record_id, 'citizen', null, false from citizen_record where citizen_id = $12::uuid),
shown as (
  select w.kind, w.said, w.record_id as id, r.stale_since, less,
    coalesce(case when less then b.stripped_hash else b.shown_hash end,
      r.content_hash || convert_to(less::text, 'UTF8')) as shown_hash,
    case when less then b.stripped else b.body end as text, case when less then b.stripped_cipher else b.cipher end as cipher
  from wanted w join record r on r.id = w.record_id join record_body b on b.record_id = w.record_id
  cross join lateral (select w.stripped and (b.stripped is not null or b.stripped_cipher is not null) as less) choice)
select 'list' as part, kind as name, string_agg(id::text, ',' order by id) as ids,
  string_agg(case when stale_since is null then text else left(text, -1) || ${staleText} end, ',' order by id) as texts,
  string_agg(said, E'\\n' order by id) as rules,
  encode(sha256(string_agg(uuid_send(id) || shown_hash || convert_to(coalesce(stale_since::text, ''), 'UTF8'), '' order by id)), 'base64') as hash,
  string_agg(uuid_send(id) || case when less then '\\x01'::bytea else '\\x00'::bytea end
    || int8send(coalesce((extract(epoch from stale_since) * 1000)::int8, 0)) || int4send(length(cipher)) || cipher, '' order by id) as packed,
  null::timestamptz as at, null::boolean as yes, null::boolean as hidden, null::boolean as strip
from shown group by kind
union all
select 'seen', null, null, null, null, null, null, null,
  bool_or(show in ('content', 'busy')), bool_or(show <> 'content'), bool_or(master_stripped)
from d
union all
select 'stub', domain || E'\\n' || source || E'\\n' || kind, null, null, null, null, null, null, null, null, null
from d where show = 'stub'
union all
select 'links', null, string_agg(l.from_id || ' ' || l.rel || ' ' || l.to_id, ',' order by l.from_id, l.rel, l.to_id),
  null, null, null, null, null, null, null, null
from link l where l.from_id = any (array(select record_id from d where show = 'content'))
union all
select 'source', f.source, null, null, null, null, null, f.synced, null, null, null from (${freshnessSql}) f
union all
select 'pending', source, null, null, null, null, null, null, null, null, null
from citizen_fetch where citizen_id = $12::uuid and ended_at is null`;
