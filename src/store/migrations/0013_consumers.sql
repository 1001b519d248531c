-- The change feed's memory: what each consumer holds, the pages it was given and has not yet acknowledged, and what it
-- was told to delete. Ids and marks only, no content.

create table consumer (
  id text primary key,
  -- The last acknowledged page, and the last one produced.
  acknowledged bigint not null default 0,
  produced bigint not null default 0,
  -- Long polls that ended with nothing to tell are only counted.
  empty_polls bigint not null default 0,
  polled_at timestamptz
);

-- One row per consumer and citizen. A mark is 8 bytes over what decides the shown text, then 8 bytes over the shown text
-- itself; null: held, but of what form is not known (a snapshot is under way), so it is told again. The citizen's master
-- data is held under the citizen's own id.
create table consumer_hold (
  consumer text not null references consumer,
  citizen_id uuid not null,
  records uuid[] not null,
  marks bytea[] not null,
  primary key (consumer, citizen_id)
);
create index consumer_hold_citizen on consumer_hold (citizen_id);

-- Pages produced since the last acknowledged one. The first whose cursor comes back counts, the others are dropped.
create table consumer_page (
  consumer text not null references consumer,
  page bigint not null,
  produced_at timestamptz not null default now(),
  -- The first page of a snapshot: once received, nothing held before it is taken for known.
  opens_snapshot boolean not null,
  citizens uuid[] not null,
  records uuid[] not null,
  -- Null: removed.
  marks bytea[] not null,
  primary key (consumer, page)
);

create table purge (
  consumer text not null references consumer,
  citizen_id uuid not null,
  record_id uuid not null,
  -- The page that told it.
  page bigint not null,
  told_at timestamptz not null default now(),
  confirmed_at timestamptz,
  primary key (consumer, citizen_id, record_id)
);
create index purge_unconfirmed on purge (consumer, page) where confirmed_at is null;

-- Up to when starts and ends that fell due have been written to the change log, and up to where the log has been pruned.
create table change_horizon (
  one boolean primary key default true check (one),
  due_to timestamptz not null,
  pruned_to bigint not null default 0
);
insert into change_horizon (due_to) values (now());

create index consent_starts on consent (valid_from) where superseded_at = 'infinity' and not withdrawn;
create index consent_ends on consent (valid_to)
  where superseded_at = 'infinity' and not withdrawn and valid_to < 'infinity';
create index protection_starts on protection (valid_from) where superseded_at = 'infinity';
create index protection_ends on protection (valid_to) where superseded_at = 'infinity' and valid_to < 'infinity';
create index enrolment_starts on enrolment (starts_at) where ended_at is null;

-- Citizens for whom something dated began or ended after `since`, up to `til`. What was recorded after it had begun was
-- written to the log when it was recorded. Emergency access and representation reach persons only, never consumers.
create function fell_due(since timestamptz, til timestamptz) returns setof uuid
language sql stable as $$
  select citizen_id from consent where superseded_at = 'infinity' and not withdrawn
    and valid_from > since and valid_from <= til and valid_from > recorded_at
  union
  select citizen_id from consent where superseded_at = 'infinity' and not withdrawn
    and valid_to < 'infinity' and valid_to > since and valid_to <= til
  union
  select citizen_id from protection where superseded_at = 'infinity'
    and valid_from > since and valid_from <= til and valid_from > recorded_at
  union
  select citizen_id from protection where superseded_at = 'infinity'
    and valid_to < 'infinity' and valid_to > since and valid_to <= til
  union
  select citizen_id from enrolment where ended_at is null and starts_at > since and starts_at <= til and starts_at > recorded_at
  union
  select citizen_id from enrolment where ended_at is null and exists (select from statute_version s
    where s.valid_from > since and s.valid_from <= til or s.valid_to > since and s.valid_to <= til)
$$;

-- Writes what fell due. Idempotent: one writer at a time, and where nothing fell due nothing is written.
create function write_fell_due() returns boolean
language plpgsql as $$
declare
  since timestamptz;
  -- Not later than what this statement sees: what commits afterwards writes its own row, after it.
  til constant timestamptz := statement_timestamp();
  due uuid[];
begin
  select due_to into since from change_horizon;
  if not exists (select from fell_due(since, til)) then
    -- Now and then, so that the next look need not go back far.
    if since < til - interval '10 minutes' then
      update change_horizon set due_to = til where due_to = since;
    end if;
    return false;
  end if;
  select due_to into since from change_horizon for update;
  select array_agg(c order by c) into due from fell_due(since, til) c;
  if due is null then return false; end if;
  update change_horizon set due_to = til;
  perform append_changes(due, array_fill(null::uuid, array[cardinality(due)]),
    array_fill('look'::text, array[cardinality(due)]));
  return true;
end $$;

-- The next change rows after a position: how far they reach, how many there are, and which citizens a consumer could
-- have something to hear of: whom it holds something of, or whom a grant or a statute names it for. A row that says "look
-- at this citizen again" reaches everybody they share or shared a record with.
create function change_citizens(a_consumer text, grant_keys text[], after bigint, most int)
returns table (reached bigint, rows_read int, citizens uuid[])
language sql stable as $$
  with batch as materialized (
    select position, citizen_id, record_id from change where position > after order by position limit most
  ),
  looked as materialized (select distinct citizen_id from batch where record_id is null),
  touched as materialized (
    select citizen_id from batch
    union
    select o.citizen_id from looked l
    join record_version v on v.citizen_id = l.citizen_id
    join record_version o on o.record_id = v.record_id and o.valid_to = 'infinity'
  ),
  by_law as materialized (select exists (select from statute_version s where s.recipients && grant_keys
    and s.valid_from <= statement_timestamp() and s.valid_to > statement_timestamp()) as reads)
  select max(b.position), count(*)::int, (
    select array_agg(t.citizen_id order by t.citizen_id) from touched t
    where (select reads from by_law)
      or exists (select from consumer_hold h where h.consumer = a_consumer and h.citizen_id = t.citizen_id)
      or exists (select from consent g where g.citizen_id = t.citizen_id and g.superseded_at = 'infinity'
        and g.decision = 'grant' and g.recipient = any (grant_keys)))
  from batch b
$$;

-- Compares what a consumer holds with what it may see now, for whole citizens, in the given order: one row per
-- difference, at most about `most` (a citizen under way is finished). `told_*` is what the page under way has told
-- already (null mark: removed); with `anew` everything held counts as not known.
create function consumer_changes(a_kind text, a_person text, a_role text, a_organisation text, a_unit text, a_domain text,
  a_sector text, a_consumer text, a_citizen uuid, a_number bytea, a_purpose text,
  asked uuid[], told_citizens uuid[], told_records uuid[], told_marks bytea[], anew boolean, most int)
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
    now_seen as materialized (
      select s.record_id, s.kind, s.rule, s.basis, s.stripped, l.links, r.stale_since,
        substr(sha256(r.content_hash || convert_to(concat_ws('|', s.stripped, extract(epoch from r.stale_since),
          coalesce(l.links, '')), 'UTF8')), 1, 8) as mark
      from seen s join record r on r.id = s.record_id
      left join lateral (
        select string_agg(k.rel || ' ' || k.to_id, ',' order by k.rel, k.to_id) as links
        from link k join seen t on t.record_id = k.to_id where k.from_id = s.record_id) l on true
      union all
      select one, 'citizen', null, null, bool_or(s.master_stripped), null, null,
        substr(sha256(convert_to(concat_ws('|', bool_or(s.master_stripped), (
          select string_agg(c.source || encode(r.content_hash, 'hex'), ',' order by c.source, c.record_id)
          from citizen_record c join record r on r.id = c.record_id where c.citizen_id = one)), 'UTF8')), 1, 8)
      from seen s having count(*) > 0
    ),
    told as materialized (
      select t.r as record_id, t.m as mark
      from unnest(told_citizens, told_records, told_marks) as t(c, r, m) where t.c = one
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

-- What a consumer holds from now on, for the records named. Of two marks for one record the later counts.
create function hold_told(a_consumer text, told_citizens uuid[], told_records uuid[], told_marks bytea[]) returns void
language plpgsql as $$
begin
  with delta as materialized (
    select distinct on (t.c, t.r) t.c, t.r, t.m
    from unnest(told_citizens, told_records, told_marks) with ordinality as t(c, r, m, n) order by t.c, t.r, t.n desc
  ),
  merged as (
    select d.c, d.r, d.m from delta d where d.m is not null
    union all
    select h.citizen_id, x.r, x.m
    from consumer_hold h cross join lateral unnest(h.records, h.marks) as x(r, m)
    where h.consumer = a_consumer and h.citizen_id = any (told_citizens)
      and not exists (select from delta d where d.c = h.citizen_id and d.r = x.r)
  )
  insert into consumer_hold as k (consumer, citizen_id, records, marks)
  select a_consumer, t.c, coalesce(array_agg(e.r order by e.r) filter (where e.r is not null), '{}'),
    coalesce(array_agg(e.m order by e.r) filter (where e.r is not null), '{}')
  from (select distinct c from delta) t left join merged e on e.c = t.c group by t.c
  on conflict (consumer, citizen_id) do update set records = excluded.records, marks = excluded.marks;
  delete from consumer_hold h
  where h.consumer = a_consumer and h.citizen_id = any (told_citizens) and cardinality(h.records) = 0;
end $$;

-- A page's cursor came back: what it told is what the consumer holds now.
create function acknowledge_page(a_consumer text, a_page bigint) returns boolean
language plpgsql as $$
declare p consumer_page;
begin
  select * into p from consumer_page c where c.consumer = a_consumer and c.page = a_page;
  if not found then return false; end if;
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
  select a_consumer, d.c, d.r, a_page from delta d where d.m is null
  on conflict (consumer, citizen_id, record_id)
    do update set page = excluded.page, told_at = excluded.told_at, confirmed_at = null;
  update consumer set acknowledged = a_page where id = a_consumer;
  delete from consumer_page c where c.consumer = a_consumer;
  return true;
end $$;
