-- Streams of changes, data minimisation on changes, what consumers owe, and how registered systems use the feed.

-- The page this one was built upon: of a stream the page before it, which need not have come back yet; otherwise the one
-- acknowledged then. Null: that one, on pages from before this migration.
alter table consumer_page add column prior bigint;

drop function consumer_changes(text, text, text, text, text, text, text, text, uuid, bytea, text, uuid[], uuid[], uuid[],
  bytea[], boolean, int);
-- Compares what a consumer holds with what it may see now, for whole citizens, in the given order: one row per
-- difference, at most about `most` (a citizen under way is finished). `told_*` is what the page under way has told
-- already (null mark: removed), also on pages of a stream that have not come back yet; the later of two counts. With
-- `anew` everything held counts as not known. `wanted`: only records of these kinds are shown to it; null: of all.
create function consumer_changes(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text,
  a_sector text, a_consumer text, a_citizen uuid, a_number bytea, a_purpose text,
  asked uuid[], told_citizens uuid[], told_records uuid[], told_marks bytea[], anew boolean, most int, wanted text[])
returns table (citizen_id uuid, record_id uuid, kind text, held bytea, was_held boolean, mark bytea, rule int, basis text,
  stripped boolean, links text, stale_since timestamptz, body text, cipher bytea, is_stripped boolean)
language plpgsql stable rows 60 as $$
#variable_conflict use_column
declare
  one uuid;
  found_rows int;
  given int := 0;
begin
  foreach one in array asked loop
    return query
    with seen as materialized (
      select d.record_id, d.kind, d.rule, d.basis, d.stripped, d.master_stripped
      from decide(a_kind, a_person, a_role, a_organisation, a_unit, a_domain, a_sector, a_consumer, a_citizen, a_number,
        a_purpose, array[one], null, null) d
      where d.show = 'content'
    ),
    shown as materialized (select * from seen s where wanted is null or s.kind = any (wanted)),
    now_seen as materialized (
      select s.record_id, s.kind, s.rule, s.basis, s.stripped, l.links, r.stale_since,
        substr(sha256(r.content_hash || convert_to(concat_ws('|', s.stripped, extract(epoch from r.stale_since),
          coalesce(l.links, '')), 'UTF8')), 1, 8) as mark
      from shown s join record r on r.id = s.record_id
      left join lateral (
        select string_agg(k.rel || ' ' || k.to_id, ',' order by k.rel, k.to_id) as links
        from link k join shown t on t.record_id = k.to_id where k.from_id = s.record_id) l on true
      union all
      select one, 'citizen', null, null, bool_or(s.master_stripped), null, null,
        substr(sha256(convert_to(concat_ws('|', bool_or(s.master_stripped), (
          select string_agg(c.source || encode(r.content_hash, 'hex'), ',' order by c.source, c.record_id)
          from citizen_record c join record r on r.id = c.record_id where c.citizen_id = one)), 'UTF8')), 1, 8)
      from seen s having count(*) > 0
    ),
    told as materialized (
      select distinct on (t.r) t.r as record_id, t.m as mark
      from unnest(told_citizens, told_records, told_marks) with ordinality as t(c, r, m, n) where t.c = one
      order by t.r, t.n desc
    ),
    held_now as materialized (
      select t.record_id, t.mark from told t where t.mark is not null
      union all
      select x.r, case when anew then null else x.m end
      from consumer_hold h cross join lateral unnest(h.records, h.marks) as x(r, m)
      where h.consumer = a_consumer and h.citizen_id = one and not exists (select from told t where t.record_id = x.r)
    ),
    differing as materialized (
      select coalesce(n.record_id, h.record_id) as record_id, n.kind, h.mark as held, h.record_id is not null as was_held,
        n.mark, n.rule, n.basis, n.stripped, n.links, n.stale_since
      from now_seen n full join held_now h on h.record_id = n.record_id
      where n.record_id is null or h.record_id is null or h.mark is null or substr(h.mark, 1, 8) <> n.mark
    )
    select one, d.record_id,
      coalesce(d.kind, case when d.record_id = one then 'citizen' end,
        (select v.kind from record_version v where v.record_id = d.record_id limit 1)),
      d.held, d.was_held, d.mark, d.rule, d.basis, d.stripped, d.links, d.stale_since,
      case when p.is_stripped then b.stripped else b.body end,
      case when p.is_stripped then b.stripped_cipher else b.cipher end,
      p.is_stripped
    from differing d
    left join record_body b on b.record_id = d.record_id and d.mark is not null
    cross join lateral (select coalesce(d.stripped and (b.stripped is not null or b.stripped_cipher is not null), false)
      as is_stripped) p
    -- Master data comes first and goes last, so that no record is ever told of without its citizen.
    order by case when d.record_id <> one then 1 when d.mark is null then 2 else 0 end, d.record_id;
    get diagnostics found_rows = row_count;
    given := given + found_rows;
    exit when given >= most;
  end loop;
end $$;

-- A page's cursor came back: what it told, and what the pages it was built upon told before it, is what the consumer holds
-- now. Pages built upon it stand; all others were overtaken. False: it was overtaken itself.
create or replace function acknowledge_page(a_consumer text, a_page bigint) returns boolean
language plpgsql as $$
declare
  acked bigint;
  chain bigint[];
  root bigint;
  p consumer_page;
begin
  select acknowledged into acked from consumer where id = a_consumer;
  with recursive back(page, prior) as (
    select c.page, c.prior from consumer_page c where c.consumer = a_consumer and c.page = a_page
    union all
    select c.page, c.prior from back b join consumer_page c on c.consumer = a_consumer and c.page = b.prior
  )
  select array_agg(b.page order by b.page), (array_agg(b.prior order by b.page))[1] into chain, root from back b;
  if chain is null or coalesce(root, acked) <> acked then return false; end if;
  for p in select * from consumer_page c where c.consumer = a_consumer and c.page = any (chain) order by c.page loop
    if p.opens_snapshot then
      update consumer_hold h set marks = array_fill(null::bytea, array[cardinality(h.records)]) where h.consumer = a_consumer;
    end if;
    perform hold_told(a_consumer, p.citizens, p.records, p.marks);
    with delta as materialized (
      select distinct on (t.c, t.r) t.c, t.r, t.m
      from unnest(p.citizens, p.records, p.marks) with ordinality as t(c, r, m, n) order by t.c, t.r, t.n desc
    ),
    again as (
      delete from purge g using delta d
      where g.consumer = a_consumer and g.citizen_id = d.c and g.record_id = d.r and d.m is not null
    )
    insert into purge (consumer, citizen_id, record_id, page)
    select a_consumer, d.c, d.r, p.page from delta d where d.m is null
    -- What was not confirmed the first time is owed since then.
    on conflict (consumer, citizen_id, record_id) do update set page = excluded.page, confirmed_at = null,
      told_at = case when purge.confirmed_at is null then purge.told_at else excluded.told_at end;
  end loop;
  update consumer set acknowledged = a_page where id = a_consumer;
  with recursive onward(page) as (
    select a_page
    union all
    select c.page from onward o join consumer_page c on c.consumer = a_consumer and c.prior = o.page
  )
  delete from consumer_page c where c.consumer = a_consumer
    and (c.page = a_page or c.page not in (select o.page from onward o));
  return true;
end $$;

-- Since when the hub knows it: a scope that nobody could have used yet is not one too many.
alter table consumer add column known_since timestamptz not null default now();

-- How registered systems used the feed, per Copenhagen day: requests by the scope that opened them, and how many citizens'
-- data they were answered with. Never whose.
create table consumer_use (
  consumer text not null,
  day date not null,
  scope text not null,
  requests bigint not null,
  reads bigint not null,
  primary key (consumer, day, scope)
);

-- Reminders to consumers that owe a confirmation, or have not fetched what may be one.
create table purge_reminder (
  consumer text not null references consumer,
  at timestamptz not null,
  records int not null,
  -- What is owed longest, since then.
  owed_since timestamptz not null,
  overdue boolean not null,
  primary key (consumer, at)
);
