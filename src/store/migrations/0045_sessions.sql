-- Who is signed in to the pages. The cookie's secret is here as a hash alone; the tokens of the log-in are sealed.
create table web_session (
  id_hash bytea primary key,
  -- What the pages ask the feed with, and what renews it; sealed.
  tokens bytea not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  -- However busy: then a new log-in is needed.
  ends_at timestamptz not null,
  check (ends_at > created_at)
);
create index web_session_end on web_session (ends_at);
