-- Raw records kept for a short while where a kind's configuration asks for it (`retain`), so that a changed mapping can be
-- tried on them: the latest body of each key, sealed, of enrolled citizens only. It goes with the record, with the
-- enrolment's end, and when its time is up.
create table retained (
  source text not null,
  kind text not null,
  -- As the record's own: the source's key, or the hex of its keyed hash.
  key text not null,
  -- The own citizens of all enrolled numbers it is about.
  homes uuid[] not null,
  cipher bytea not null,
  received_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (source, kind, key)
);
create index retained_homes on retained using gin (homes);
create index retained_expiry on retained (expires_at);
