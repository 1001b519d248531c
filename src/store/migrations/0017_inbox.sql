-- Messages that come once and must be read again together: sealed, found by keyed hashes of the source's own ids, and
-- there only for as long as somebody they are about is enrolled.

create table inbox_message (
  -- In commit order within a source: whoever puts one takes the source's lock first.
  position bigint generated always as identity primary key,
  source text not null,
  thread_hash bytea not null,
  cipher bytea not null,
  kept_at timestamptz not null default now(),
  -- The same for all of a thread: its messages go together.
  expires_at timestamptz not null
);
create index inbox_thread on inbox_message (source, thread_hash);
create index inbox_order on inbox_message (source, position);
create index inbox_expiry on inbox_message (expires_at);

create table inbox_id (
  source text not null,
  id_hash bytea not null,
  position bigint not null references inbox_message on delete cascade,
  primary key (source, id_hash)
);
create index inbox_id_position on inbox_id (position);

-- By number, not by citizen: a merge or a split moves nothing here.
create table inbox_about (
  position bigint not null references inbox_message on delete cascade,
  identity_id bigint not null references identity,
  primary key (position, identity_id)
);
create index inbox_about_identity on inbox_about (identity_id);
