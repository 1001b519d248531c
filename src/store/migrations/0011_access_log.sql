-- The access log: who read what about whom, committed before the answer leaves. Append-only; every entry carries a keyed
-- hash of itself, and the sealer numbers committed entries and chains them. Nobody but retention may take any away.

create table access_log (
  -- Drawn by the writer (time-ordered) and covered by the keyed hash, so that a copied entry is not a second one.
  id uuid primary key,
  at timestamptz not null,
  actor_kind text not null,
  person text not null,
  role text,
  organisation text,
  unit text,
  consumer text,
  actor_citizen uuid,
  represented uuid,
  purpose text not null,
  endpoint text not null,
  citizen_id uuid,
  number_hash bytea,
  records uuid[] not null,
  decision text not null check (decision in ('allowed', 'partly', 'denied', 'failed')),
  bases text[] not null,
  correlation text not null,
  emergency boolean not null,
  mac bytea not null
);
create index access_log_citizen on access_log (citizen_id, id) where citizen_id is not null;
create index access_log_number on access_log (number_hash, id) where number_hash is not null;

-- Committed, not yet in the chain. Filled by the entry's own transaction.
create table log_unsealed (
  entry_id uuid primary key,
  queued_at timestamptz not null default clock_timestamp()
);
create index log_unsealed_age on log_unsealed (queued_at);

-- The chain: number n's hash covers the hash of n - 1, the number and the entry.
create table log_seal (
  number bigint primary key,
  entry_id uuid not null,
  hash bytea not null
);
create unique index log_seal_entry on log_seal (entry_id);

create function keep_log() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('samspil.log_retention', true) = 'on' then return old; end if;
  raise exception 'the access log is append-only';
end $$;
create trigger access_log_kept before update or delete on access_log for each row execute function keep_log();
create trigger access_log_whole before truncate on access_log for each statement execute function keep_log();
create trigger log_seal_kept before update or delete on log_seal for each row execute function keep_log();
create trigger log_seal_whole before truncate on log_seal for each statement execute function keep_log();

-- Arrays of arrays do not unnest row by row, so each entry's records and bases come as one text.
create function append_access_log(ids uuid[], ats timestamptz[], kinds text[], persons text[], roles text[],
  organisations text[], units text[], consumers text[], actor_citizens uuid[], representeds uuid[], purposes text[],
  endpoints text[], citizens uuid[], numbers bytea[], record_lists text[], decisions text[], basis_lists text[],
  correlations text[], emergencies boolean[], macs bytea[]) returns void
language plpgsql as $$
begin
  -- Durable even where the server's default is not: without the entry on disk there is no answer.
  perform set_config('synchronous_commit', 'on', true);
  insert into access_log
  select i, a, k, p, r, o, u, c, ac, rp, pu, e, ci, n, ('{' || rl || '}')::uuid[], d, string_to_array(bl, chr(31)), co, em, m
  from unnest(ids, ats, kinds, persons, roles, organisations, units, consumers, actor_citizens, representeds, purposes,
    endpoints, citizens, numbers, record_lists, decisions, basis_lists, correlations, emergencies, macs)
    as t(i, a, k, p, r, o, u, c, ac, rp, pu, e, ci, n, rl, d, bl, co, em, m);
  insert into log_unsealed (entry_id) select unnest(ids);
end $$;

-- Retention: takes entries and seals up to and including `last`, which the caller has kept as the signed anchor.
create function cut_access_log(last bigint) returns bigint
language plpgsql as $$
declare gone bigint;
begin
  perform set_config('samspil.log_retention', 'on', true);
  delete from access_log e using log_seal s where s.entry_id = e.id and s.number <= last;
  get diagnostics gone = row_count;
  delete from log_seal where number <= last;
  perform set_config('samspil.log_retention', 'off', true);
  return gone;
end $$;
