-- What days of runs came to, kept when the runs themselves are pruned; what a run ran with; its pages; who works.

-- Days as Copenhagen counts them. `runs` are tries that ended, `failed` those of them that failed; the rest are sums over
-- what had been told when a try ended. Milliseconds are from a run's first start to its end.
create table run_day (
  day date not null,
  source text not null,
  kind text not null,
  runs bigint not null default 0,
  failed bigint not null default 0,
  served bigint not null default 0,
  stored bigint not null default 0,
  created bigint not null default 0,
  changed bigint not null default 0,
  removed bigint not null default 0,
  quarantined bigint not null default 0,
  requests bigint not null default 0,
  ms bigint not null default 0,
  longest_ms bigint not null default 0,
  primary key (day, source, kind)
);
create index run_day_source on run_day (source, day);

-- settings: mapping version, schedule and budget as they were when it began; names and numbers only.
-- told_*: how much of the run its days know, so that a run that ends twice counts once.
alter table run
  add column settings jsonb not null default '{}',
  add column error_fault text,
  add column told_counts jsonb not null default '{}',
  add column told_requests int not null default 0,
  add column told_ms bigint not null default 0,
  add column told_attempt int not null default 0;

-- The tries that say how a kind fares: neither those of single citizens nor those that never began.
create index run_pull on run (source, kind, ended_at desc)
  where mode in ('incremental', 'load') and state in ('done', 'failed', 'cancelled');
create index run_source on run (source, queued_at desc, id desc);
create index run_queued on run (queued_at desc, id desc);
create index run_ended on run using brin (ended_at);

create table run_page (
  run_id uuid not null,
  page int not null,
  at timestamptz not null default clock_timestamp(),
  served int not null,
  stored int not null,
  written int not null,
  quarantined int not null,
  issues int not null,
  primary key (run_id, page)
);
create index quarantine_run on quarantine (run_id) where run_id is not null;

-- One line per process that works, whatever machine it is on.
create table worker_seen (
  id uuid primary key,
  version text not null,
  started_at timestamptz not null,
  seen_at timestamptz not null
);

insert into run_day (day, source, kind, runs, failed, served, stored, created, changed, removed, quarantined, requests, ms, longest_ms)
select (ended_at at time zone 'Europe/Copenhagen')::date, source, kind, count(*) filter (where state <> 'skipped'),
  count(*) filter (where state = 'failed'),
  sum(coalesce((counts->>'served')::bigint, 0)), sum(coalesce((counts->>'stored')::bigint, 0)),
  sum(coalesce((counts->>'created')::bigint, 0)), sum(coalesce((counts->>'changed')::bigint, 0)),
  sum(coalesce((counts->>'removed')::bigint, 0)), sum(coalesce((counts->>'quarantined')::bigint, 0)),
  sum(coalesce(requests, 0)),
  sum(coalesce(extract(epoch from ended_at - started_at) * 1000, 0))::bigint,
  max(coalesce(extract(epoch from ended_at - started_at) * 1000, 0))::bigint
from run where ended_at is not null group by 1, 2, 3;
update run set told_counts = counts, told_requests = coalesce(requests, 0), told_attempt = attempt,
  told_ms = coalesce(extract(epoch from ended_at - started_at) * 1000, 0)::bigint
where ended_at is not null;
