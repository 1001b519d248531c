// The statement behind the plan: one row. What it costs is mostly the nodes the executor sets up and the rows that are
// sorted and sent, so everything about a record is joined to one text, in no order, and taken apart by the one who asked.

/** Freshness of each source: the oldest of its kinds counts, and a kind that never completed makes it unknown. */
export const freshnessSql = `
  select source, case when bool_and(last_complete_at is not null) then min(last_complete_at) end as synced
  from (select source, last_complete_at from sync_state
        union all select source, null from schedule s
        where not exists (select from sync_state y where y.source = s.source and y.kind = s.kind)) kind
  group by source`;

/** Between the parts of a record and between records: neither JSON nor an id holds control characters. */
export const [betweenParts, betweenRecords] = ['\u001e', '\u001d'];

/** $1–$11 the actor, $12 the citizen, $13 kinds or null. The sources' citizen records come as records of kind "citizen". */
export const planSql = `
select a.yes, a.hidden, a.strip, a.stubs, a.records, a.packed,
  (select string_agg(l.from_id || ' ' || l.rel || ' ' || l.to_id, ',' order by l.from_id, l.rel, l.to_id)
    from link l where l.from_id = any (a.ids)) as links,
  (select string_agg(r.id || ' ' || (extract(epoch from r.stale_since) * 1000)::int8, ',')
    from record r where r.id = any (a.ids) and r.stale_since is not null) as stale,
  array(select source from citizen_fetch where citizen_id = $12::uuid and ended_at is null) as pending
from (
  select bool_or(w.show in ('content', 'busy')) as yes, bool_or(w.show <> 'content') as hidden, bool_or(w.master_stripped) as strip,
    string_agg(concat_ws(e'\\x1e', w.domain, w.source, w.kind), e'\\x1d') filter (where w.show = 'stub') as stubs,
    array_agg(w.fetch) filter (where w.fetch is not null) as ids,
    string_agg(concat_ws(e'\\x1e', w.kind, w.fetch, w.said, b.hash, coalesce(b.text, '')), e'\\x1d') filter (where b.hash is not null) as records,
    string_agg(uuid_send(w.fetch) || case when b.less then '\\x01'::bytea else '\\x00'::bytea end || int4send(length(b.cipher)) || b.cipher, '')
      filter (where b.cipher is not null) as packed
  from (
    select kind, domain, source, show, rule || ' ' || coalesce(basis, '') as said, stripped, master_stripped,
      case when show = 'content' and ($13::text[] is null or kind = any ($13::text[])) then record_id end as fetch
    from decide($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::uuid, $10::bytea, $11::text,
      array[$12::uuid], null, null)
    union all
    select 'citizen', null, null, null, '', false, null, record_id from citizen_record where citizen_id = $12::uuid) w
  left join lateral (
    select less, case when less then t.stripped else t.body end as text, case when less then t.stripped_cipher else t.cipher end as cipher,
      encode(coalesce(case when less then t.stripped_hash else t.shown_hash end, sha256(case when less
        then coalesce(t.stripped_cipher, convert_to(t.stripped, 'UTF8')) else coalesce(t.cipher, convert_to(t.body, 'UTF8')) end)), 'hex') as hash
    from record_body t
    cross join lateral (select w.stripped and (t.stripped is not null or t.stripped_cipher is not null) as less) choice
    where t.record_id = w.fetch
    -- Row by row through the index, whatever the planner thinks of how many there are.
    offset 0) b on true) a`;
